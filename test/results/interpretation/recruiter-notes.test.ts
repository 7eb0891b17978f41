import { expect, it } from 'vitest';
import { interpret } from '../../../src/results/interpretation/interpret.ts';
import { fiveOptions, type Observed, someoneWith } from './some-metrics.ts';

/* Notes as recruiters read them, written out. Read them aloud before changing one. */

const notesOn = (observed: Observed) => interpret(someoneWith(observed), fiveOptions).recruiter_notes;

it('on somebody quick who changed once', () => {
  expect(
    notesOn({
      total_time_ms: 94_300,
      first_decision_speed_ms: 8_240,
      hesitation_time_ms: 12_431.5,
      options_viewed_count: 3,
      unique_options_viewed: 2,
      decision_change_count: 1,
      final_risk_tag: 'low',
      risk_exposure_pattern: ['high', 'low', 'high', 'low', 'low'],
      word_count: 18,
      logical_keyword_count: 1,
      reasoning_depth_score: 19.8,
    }),
  ).toBe(
    'The candidate completed the task in 1 minute 34 seconds and first selected an option after 8.2 seconds; ' +
      'hesitation time, outside recorded option views and reasoning, was 12.4 seconds. ' +
      'The record shows 3 option views covering 2 of 5 options, 1 selection change and a final choice tagged low risk. ' +
      'The last submitted reasoning has 18 words, 1 different logical keyword and a depth score of 19.8. ' +
      'These observations meet the rules for Decisive Thinker (moderate confidence), ' +
      'Risk-Aware Decision Maker (strong confidence) and Concise Communicator (moderate confidence).',
  );
});

it('on somebody thorough', () => {
  expect(
    notesOn({
      total_time_ms: 3_725_000,
      first_decision_speed_ms: 125_000,
      hesitation_time_ms: 0,
      options_viewed_count: 9,
      unique_options_viewed: 5,
      final_risk_tag: 'high',
      risk_exposure_pattern: ['low', 'medium', 'high', 'high'],
      word_count: 120,
      logical_keyword_count: 4,
      reasoning_depth_score: 168,
    }),
  ).toBe(
    'The candidate completed the task in 1 hour 2 minutes 5 seconds and first selected an option after 2 minutes 5 seconds; ' +
      'hesitation time, outside recorded option views and reasoning, was 0 seconds. ' +
      'The record shows 9 option views covering 5 of 5 options, 0 selection changes and a final choice tagged high risk. ' +
      'The last submitted reasoning has 120 words, 4 different logical keywords and a depth score of 168. ' +
      'These observations meet the rules for Analytical Thinker (strong confidence), ' +
      'Calculated Risk-Taker (moderate confidence) and Structured Communicator (strong confidence).',
  );
});

it('on somebody who viewed nothing, wrote nothing and fits no decision style', () => {
  expect(
    notesOn({
      total_time_ms: 21_000,
      first_decision_speed_ms: 20_000,
      hesitation_time_ms: 21_000,
      options_viewed_count: 0,
      unique_options_viewed: 0,
      reasoning_provided: false,
      word_count: 0,
      logical_keyword_count: 0,
      reasoning_depth_score: 0,
    }),
  ).toBe(
    'The candidate completed the task in 21 seconds and first selected an option after 20 seconds; ' +
      'hesitation time, outside recorded option views and reasoning, was 21 seconds. ' +
      'The record shows 0 option views, 0 selection changes and a final choice tagged medium risk. ' +
      'No reasoning text was submitted. ' +
      'These observations meet the rules for Balanced Risk Approach (moderate confidence); ' +
      'no rule for a decision style was met.',
  );
});

it('on somebody who went back and forth', () => {
  expect(notesOn({ decision_change_count: 3, options_viewed_count: 11, unique_options_viewed: 1 })).toContain(
    'The record shows 11 option views covering 1 of 5 options, 3 selection changes and a final choice tagged medium risk.',
  );
});

it('on somebody who meets two rules', () => {
  expect(notesOn({ first_decision_speed_ms: 3_000, reasoning_provided: false })).toMatch(
    / for Decisive Thinker \(strong confidence\) and Balanced Risk Approach \(moderate confidence\)\.$/,
  );
});
