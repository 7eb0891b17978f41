import { describe, expect, it } from 'vitest';
import { interpret, type SkillCode } from '../../../src/results/interpretation/interpret.ts';
import { fiveOptions, type Observed, someoneWith } from './some-metrics.ts';

/* A conclusion that its record hardly carries keeps its confidence, and says what limits it. */

function skill(skill_code: SkillCode, observed: Observed) {
  const { inferred_skills } = interpret(someoneWith(observed), fiveOptions);
  return inferred_skills.find((each) => each.skill_code === skill_code);
}

const quick: Observed = { first_decision_speed_ms: 3_000 };

it('is full where nothing limits it', () => {
  expect(skill('DECISIVE_THINKING', quick)).toMatchObject({ reliability: 'full', limited_by: [] });
});

describe('decision styles', () => {
  it.each<[Observed, string, string]>([
    [
      { options_viewed_count: 0, unique_options_viewed: 0, quality_flags: ['no_option_viewed'] },
      'no_option_viewed',
      'The record shows 0 option views, so it does not tell what was looked at before the first selection.',
    ],
    [
      { longest_pause_ms: 1_800_001, quality_flags: ['long_pause'] },
      'long_pause',
      'The longest time between two recorded events was 30 minutes 0.001 seconds, above the mark of 30 minutes for a long pause, and the record does not tell what happened in it.',
    ],
    [
      { total_time_ms: 95_000, quality_flags: ['resumed_after_abandon'] },
      'resumed_after_abandon',
      'The task was left and taken up again within the 1 minute 35 seconds that it took, so its times include time away from it.',
    ],
    [
      { first_decision_speed_ms: 9_400, first_decision_client_ms: 10_300 },
      'borderline',
      'By the two clocks the first option was selected between 9.4 seconds and 10.3 seconds after the start, give or take 1 millisecond, and the mark of 10 seconds lies within that.',
    ],
    [
      { first_decision_speed_ms: 9_999, quality_flags: ['client_clock_unusable'] },
      'borderline',
      'By the server’s clock the first option was selected 9.999 seconds after the start, give or take 1 millisecond, and the mark of 10 seconds lies within that.',
    ],
  ])('%o limits by %s', (observed, code, sentence) => {
    const decisive = skill('DECISIVE_THINKING', { ...quick, ...observed });
    expect(decisive).toMatchObject({ confidence: 'strong', reliability: 'limited', limited_by: [code] });
    expect(decisive?.evidence.at(-1)).toBe(sentence);
  });

  it('name all that limits them, each with its sentence', () => {
    const decisive = skill('DECISIVE_THINKING', {
      first_decision_speed_ms: 10_000 - 1,
      options_viewed_count: 0,
      unique_options_viewed: 0,
      longest_pause_ms: 7_200_000,
      quality_flags: ['resumed_after_abandon', 'no_option_viewed', 'long_pause'],
    });
    expect(decisive?.limited_by).toEqual([
      'no_option_viewed',
      'long_pause',
      'resumed_after_abandon',
      'borderline',
    ]);
    expect(decisive?.evidence).toHaveLength(2 + 4);
  });
});

describe('risk profiles', () => {
  it('are limited where fewer than two different risks came up', () => {
    const neutral = skill('RISK_NEUTRAL', { risk_exposure_pattern: ['medium', 'medium'] });
    expect(neutral).toMatchObject({
      confidence: 'moderate',
      reliability: 'limited',
      limited_by: ['one_risk_seen'],
    });
    expect(neutral?.evidence.at(-1)).toBe(
      'Only options of medium risk came up in 2 option views and choices.',
    );
  });

  it('are not limited by two', () => {
    expect(skill('RISK_NEUTRAL', { risk_exposure_pattern: ['low', 'medium'] })).toMatchObject({
      limited_by: [],
    });
  });
});

describe('reasoning styles', () => {
  const long = { word_count: 61, logical_keyword_count: 0, reasoning_depth_score: 61 };

  it('structured reasoning is limited where length alone makes it', () => {
    const structured = skill('STRUCTURED_REASONING', long);
    expect(structured).toMatchObject({
      confidence: 'strong',
      reliability: 'limited',
      limited_by: ['no_logical_keyword'],
    });
    expect(structured?.evidence.at(-1)).toBe(
      'The last submitted reasoning has 61 words and 0 different logical keywords, so its depth score of 61 rests on its length alone.',
    );
    const argued = { word_count: 61, logical_keyword_count: 1, reasoning_depth_score: 67.1 };
    expect(skill('STRUCTURED_REASONING', argued)).toMatchObject({ limited_by: [] });
  });

  it('detailed reasoning without a keyword is not', () => {
    const detailed = { word_count: 55, logical_keyword_count: 0, reasoning_depth_score: 55 };
    expect(skill('DETAILED_REASONING', detailed)).toMatchObject({ reliability: 'full' });
  });

  it('every style is limited by a script that writes no spaces', () => {
    const unspaced = { word_count: 1, reasoning_depth_score: 1, quality_flags: ['unspaced_script' as const] };
    const concise = skill('CONCISE_REASONING', unspaced);
    expect(concise).toMatchObject({ limited_by: ['unspaced_script'] });
    expect(concise?.evidence.at(-1)).toBe(
      'The last submitted reasoning is mostly in a script that writes no spaces, so its count of 1 word says little about its length.',
    );
    expect(skill('STRUCTURED_REASONING', { ...unspaced, ...long })).toMatchObject({
      limited_by: ['no_logical_keyword', 'unspaced_script'],
    });
  });
});

it('is told in the notes beside the confidence, and why, in a fourth sentence', () => {
  const observed: Observed = {
    ...quick,
    options_viewed_count: 0,
    unique_options_viewed: 0,
    risk_exposure_pattern: ['medium'],
    quality_flags: ['no_option_viewed'],
  };
  expect(interpret(someoneWith(observed), fiveOptions).recruiter_notes).toBe(
    'The candidate completed the task in 1 minute and first selected an option after 3 seconds; ' +
      'hesitation time, outside recorded option views and reasoning, was 20 seconds. ' +
      'The record shows 0 option views, 0 selection changes and a final choice tagged medium risk; ' +
      'the last submitted reasoning has 20 words, 1 different logical keyword and a depth score of 22. ' +
      'These observations meet the rules for Decisive Thinker (strong confidence, limited reliability), ' +
      'Balanced Risk Approach (moderate confidence, limited reliability) and Concise Communicator (moderate confidence). ' +
      'No option view is on record; only options of medium risk came up.',
  );
});
