import { describe, expect, it } from 'vitest';
import { explain, interpret } from '../../../src/results/interpretation/interpret.ts';
import { fiveOptions, type Observed, someoneWith } from './some-metrics.ts';

/* Speed is judged on the server's clock, and concludes nothing that the front end's contradicts. */

const profileOf = (observed: Observed) => interpret(someoneWith(observed), fiveOptions);
const speedOf = (rule: string, observed: Observed) =>
  explain(someoneWith(observed), fiveOptions)
    .find((each) => each.rule === rule)
    ?.conditions.find(({ metric }) => metric === 'time_metrics.first_decision_speed_ms');

const thorough: Observed = { unique_options_viewed: 5, reasoning_depth_score: 70, word_count: 60 };

describe('a slow first decision that was quick by the candidate’s clock', () => {
  const heldBack = { ...thorough, first_decision_speed_ms: 36_000, first_decision_client_ms: 7_000 };

  it('makes nobody analytical, and cannot be assessed', () => {
    expect(profileOf(heldBack).behavioral_summary.decision_style).toBe('undetermined');
    expect(speedOf('decision_style.analytical', heldBack)).toMatchObject({
      threshold: 30_000,
      actual: 36_000,
      held: false,
      assessable: false,
      reason: 'clocks_disagree',
    });
  });

  it('is told in the notes with how long the connection was away', () => {
    expect(profileOf(heldBack).recruiter_notes).toContain(
      'The times are those of arrival: the connection was away for 29 seconds, so how soon the first option was selected cannot be told.',
    );
  });

  it('leaves alone what did not hold anyway', () => {
    expect(speedOf('decision_style.decisive', heldBack)).toMatchObject({ held: false, assessable: true });
    expect(speedOf('decision_style.decisive', heldBack)).not.toHaveProperty('reason');
  });

  it('counts where the candidate’s clock says nothing', () => {
    const { behavioral_summary } = profileOf({ ...heldBack, quality_flags: ['client_clock_unusable'] });
    expect(behavioral_summary.decision_style).toBe('analytical');
  });

  it('does not keep a style that rests on something else from being concluded', () => {
    const observed = { ...heldBack, decision_change_count: 4, options_viewed_count: 12 };
    expect(profileOf(observed).behavioral_summary.decision_style).toBe('exploratory');
  });
});

describe('a fast first decision that was not fast by the candidate’s clock', () => {
  it.each([
    [0, 80_000],
    [9_000, 11_001],
  ])('is not decisive: %d ms and %d ms', (first_decision_speed_ms, first_decision_client_ms) => {
    const observed = { first_decision_speed_ms, first_decision_client_ms };
    expect(profileOf(observed).behavioral_summary.decision_style).toBe('undetermined');
    expect(speedOf('decision_style.decisive', observed)).toMatchObject({ assessable: false });
  });

  it('is decisive where the clocks differ by no more than 2 s, though on a limited record', () => {
    const observed = { first_decision_speed_ms: 9_000, first_decision_client_ms: 11_000 };
    expect(profileOf(observed).inferred_skills[0]).toMatchObject({
      skill_code: 'DECISIVE_THINKING',
      limited_by: ['borderline'],
    });
  });
});

it('clocks that disagree on the same side of a mark contradict nothing', () => {
  const profile = profileOf({ first_decision_speed_ms: 8_000, first_decision_client_ms: 3_000 });
  expect(profile.inferred_skills[0]).toMatchObject({
    skill_code: 'DECISIVE_THINKING',
    reliability: 'full',
    limited_by: [],
  });
  expect(profile.recruiter_notes).toContain(
    'first selected an option after 8 seconds on the server’s clock and after 3 seconds on the front end’s;',
  );
  expect(profile.recruiter_notes).toMatch(
    /The times are those of arrival: the connection was away for 5 seconds\.$/,
  );
});

it('a clock that was set back is told as such', () => {
  const profile = profileOf({ first_decision_speed_ms: 8_000, first_decision_client_ms: -500 });
  expect(profile.recruiter_notes).toContain(
    'after 8 seconds on the server’s clock and before the start on the front end’s;',
  );
});

it.each<[Observed, string]>([
  [
    { quality_flags: ['client_clock_unusable', 'clock_skew'] },
    'The times rest on the server’s clock alone, because the front end’s stood still or ran backwards.',
  ],
  [
    { quality_flags: ['clock_skew'] },
    'The times are those of arrival: the two clocks disagree by more than 2 seconds about the time between some events.',
  ],
])('the notes name clocks of which only a flag is known: %o', (observed, sentence) => {
  expect(profileOf(observed).recruiter_notes.endsWith(` ${sentence}`)).toBe(true);
});
