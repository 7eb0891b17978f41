import { describe, expect, it } from 'vitest';
import { interpret } from '../../../src/results/interpretation/interpret.ts';
import { fiveOptions, type Observed, someoneWith } from './some-metrics.ts';

const SPEED = 'time_metrics.first_decision_speed_ms';
const borderlineOf = (observed: Observed) => interpret(someoneWith(observed), fiveOptions).borderline;

it('is empty for figures that are far from every mark', () => {
  expect(borderlineOf({})).toEqual([]);
});

describe('the first decision', () => {
  it.each([
    [9_999, 10_000, 1, 'resolution'],
    [10_000, 10_000, 0, 'resolution'],
    [10_001, 10_000, 1, 'resolution'],
    [30_001, 30_000, 1, 'resolution'],
    [9_998, 10_000, 2, 'within_5_percent'],
    [9_500, 10_000, 500, 'within_5_percent'],
    [10_500, 10_000, 500, 'within_5_percent'],
    [31_500, 30_000, 1_500, 'within_5_percent'],
  ])('at %d ms is close to %d', (first_decision_speed_ms, threshold, distance, reason) => {
    expect(borderlineOf({ first_decision_speed_ms })).toEqual([
      { metric: SPEED, threshold, distance, reason },
    ]);
  });

  it.each([9_499, 10_501, 28_499, 31_501])('at %d ms is close to nothing', (first_decision_speed_ms) => {
    expect(borderlineOf({ first_decision_speed_ms })).toEqual([]);
  });

  it('reaches every mark between the two clocks, to the millisecond', () => {
    const reached = (first_decision_client_ms: number) =>
      borderlineOf({ first_decision_speed_ms: 8_000, first_decision_client_ms });
    expect(reached(9_998)).toEqual([]);
    expect(reached(9_999)).toEqual([
      { metric: SPEED, threshold: 10_000, distance: 2_000, reason: 'clock_disagreement' },
    ]);
    expect(reached(40_000)).toEqual([
      { metric: SPEED, threshold: 30_000, distance: 22_000, reason: 'clock_disagreement' },
      { metric: SPEED, threshold: 10_000, distance: 2_000, reason: 'clock_disagreement' },
    ]);
  });

  it('reaches only its own millisecond where the candidate’s clock says nothing', () => {
    const observed: Observed = {
      first_decision_speed_ms: 8_000,
      first_decision_client_ms: 40_000,
      quality_flags: ['client_clock_unusable'],
    };
    expect(borderlineOf(observed)).toEqual([]);
  });
});

it.each<[Observed, object]>([
  [
    { reasoning_depth_score: 57 },
    { metric: 'reasoning_metrics.reasoning_depth_score', threshold: 60, distance: 3 },
  ],
  [{ word_count: 52 }, { metric: 'reasoning_metrics.word_count', threshold: 50, distance: 2 }],
  [
    { unique_options_viewed: 4 },
    { metric: 'decision_metrics.unique_options_viewed', threshold: 4, distance: 0 },
  ],
  [
    { decision_change_count: 3 },
    { metric: 'decision_metrics.decision_change_count', threshold: 3, distance: 0 },
  ],
])('%o is within 5 %% of a mark, which is only a hint', (observed, expected) => {
  const profile = interpret(someoneWith(observed), fiveOptions);
  expect(profile.borderline).toEqual([{ ...expected, reason: 'within_5_percent' }]);
  expect(profile.inferred_skills.flatMap(({ limited_by }) => limited_by)).toEqual([]);
});

describe('a limit by the clocks', () => {
  const exploratory = { decision_change_count: 3, options_viewed_count: 11 };

  it('is only where another style would have followed', () => {
    const observed = { ...exploratory, first_decision_speed_ms: 30_001 };
    expect(borderlineOf(observed)).toContainEqual({
      metric: SPEED,
      threshold: 30_000,
      distance: 1,
      reason: 'resolution',
    });
    expect(interpret(someoneWith(observed), fiveOptions).inferred_skills[0]).toMatchObject({
      skill_code: 'EXPLORATORY_THINKING',
      limited_by: [],
    });
  });

  it('limits a style that another one would have gone before', () => {
    const observed = {
      ...exploratory,
      first_decision_speed_ms: 30_000,
      unique_options_viewed: 5,
      reasoning_depth_score: 80,
    };
    expect(interpret(someoneWith(observed), fiveOptions).inferred_skills[0]).toMatchObject({
      skill_code: 'EXPLORATORY_THINKING',
      limited_by: ['borderline'],
    });
  });
});
