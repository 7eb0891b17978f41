import { expect, it } from 'vitest';
import { evaluate } from '../../../src/results/interpretation/evaluate.ts';
import { evidenceOf } from '../../../src/results/interpretation/evidence.ts';
import { interpret } from '../../../src/results/interpretation/interpret.ts';
import type { RiskTag } from '../../../src/tasks/task.ts';
import { fiveOptions, type Observed, someoneWith } from './some-metrics.ts';

function evidenceFor(skill_code: string, observed: Observed) {
  const { inferred_skills } = interpret(someoneWith(observed), fiveOptions);
  return inferred_skills.find((skill) => skill.skill_code === skill_code)?.evidence;
}

it('for an analytical thinker', () => {
  const observed: Observed = {
    first_decision_speed_ms: 41_260,
    unique_options_viewed: 4,
    word_count: 55,
    logical_keyword_count: 3,
    reasoning_depth_score: 71.5,
  };
  const depth =
    'The last submitted reasoning has a depth score of 71.5 (55 words, 3 different logical keywords), at or above the mark of 60 for structured reasoning.';
  expect(evidenceFor('ANALYTICAL_THINKING', observed)).toEqual([
    'The first option was selected 41.3 seconds after the start, later than the mark of 30 seconds for a slow first decision.',
    'The candidate viewed 4 options out of the 5 options of the task, at least the 80% that count as full coverage.',
    depth,
  ]);
  expect(evidenceFor('STRUCTURED_REASONING', observed)).toEqual([depth]);
});

it('for a decisive thinker, never rounded onto the mark', () => {
  expect(
    evidenceFor('DECISIVE_THINKING', { first_decision_speed_ms: 9_999, decision_change_count: 1 }),
  ).toEqual([
    'The first option was selected 9.999 seconds after the start, sooner than the mark of 10 seconds for a fast first decision.',
    'The record shows 1 selection change, at or below the mark of 1 selection change for few changes.',
    'By the two clocks the first option was selected 9.999 seconds after the start, give or take 1 millisecond, and the mark of 10 seconds lies within that.',
  ]);
});

it('for an exploratory thinker', () => {
  expect(evidenceFor('EXPLORATORY_THINKING', { decision_change_count: 4, options_viewed_count: 12 })).toEqual(
    [
      'The record shows 4 selection changes, at or above the mark of 3 selection changes for many changes.',
      'The record shows 12 option views over the 5 options of the task, above the mark of 10 option views for many revisits.',
    ],
  );
});

it.each<[string, RiskTag, RiskTag[], ...string[]]>([
  [
    'RISK_AWARENESS',
    'low',
    ['high', 'low', 'low'],
    'Options of high risk came up once in 3 option views and choices.',
  ],
  [
    'RISK_AVERSE',
    'low',
    ['low'],
    'Options of high risk came up 0 times in 1 option view or choice.',
    'Only options of low risk came up in 1 option view or choice.',
  ],
  [
    'CALCULATED_RISK_TAKER',
    'high',
    ['low', 'low', 'high'],
    'Options of low risk came up 2 times in 3 option views and choices.',
  ],
  [
    'RISK_SEEKING',
    'high',
    ['high', 'medium', 'high'],
    'Options of low risk came up 0 times in 3 option views and choices.',
  ],
])('for %s', (skill, final_risk_tag, risk_exposure_pattern, ...sentences) => {
  expect(evidenceFor(skill, { final_risk_tag, risk_exposure_pattern })).toEqual([
    `The option chosen in the end is tagged ${final_risk_tag} risk.`,
    ...sentences,
  ]);
});

it('for a detailed and a concise communicator', () => {
  expect(
    evidenceFor('DETAILED_REASONING', {
      word_count: 52,
      logical_keyword_count: 0,
      reasoning_depth_score: 52,
    }),
  ).toEqual([
    'The last submitted reasoning has 52 words, at or above the mark of 50 words for detailed reasoning.',
  ]);
  expect(
    evidenceFor('CONCISE_REASONING', { word_count: 1, logical_keyword_count: 1, reasoning_depth_score: 1.1 }),
  ).toEqual([
    'The last submitted reasoning has 1 word, below the mark of 50 words for detailed reasoning.',
    'The last submitted reasoning has a depth score of 1.1 (1 word, 1 different logical keyword), below the mark of 60 for structured reasoning.',
  ]);
});

it('refuses a rule whose sentence names something that it cannot show', () => {
  const evaluation = evaluate(someoneWith(), fiveOptions);
  const [rule] = evaluation.rules;
  const [evaluated] = rule?.conditions ?? [];
  if (!rule || evaluated?.kind !== 'number') throw new Error('The first rule should compare a number.');
  const condition = { ...evaluated.condition, evidence: 'It took {acutal}.' };
  expect(() => evidenceOf({ ...rule, conditions: [{ ...evaluated, condition }] }, evaluation)).toThrow(
    'The evidence of a rule cannot show {acutal}.',
  );
});
