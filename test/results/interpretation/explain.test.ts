import { describe, expect, it } from 'vitest';
import { explain, interpret, interpretAndExplain } from '../../../src/results/interpretation/interpret.ts';
import { fiveOptions, type Observed, someoneWith } from './some-metrics.ts';

function explained(rule: string, observed: Observed) {
  return explain(someoneWith(observed), fiveOptions).find((item) => item.rule === rule);
}

it('shows every rule that was looked at, in the order in which they are looked at', () => {
  const rules = explain(someoneWith(), fiveOptions).map(({ rule, concludes }) => [rule, concludes]);
  expect(rules).toEqual([
    ['decision_style.analytical', 'ANALYTICAL_THINKING'],
    ['decision_style.decisive', 'DECISIVE_THINKING'],
    ['decision_style.exploratory', 'EXPLORATORY_THINKING'],
    ['risk_profile.risk_awareness', 'RISK_AWARENESS'],
    ['risk_profile.risk_averse', 'RISK_AVERSE'],
    ['risk_profile.calculated_risk_taker', 'CALCULATED_RISK_TAKER'],
    ['risk_profile.risk_seeking', 'RISK_SEEKING'],
    ['risk_profile.risk_neutral', 'RISK_NEUTRAL'],
    ['reasoning_style.structured', 'STRUCTURED_REASONING'],
    ['reasoning_style.detailed', 'DETAILED_REASONING'],
    ['reasoning_style.concise', 'CONCISE_REASONING'],
  ]);
});

it('shows all conditions of a rule with threshold and actual value, also after one that failed', () => {
  const observed = { first_decision_speed_ms: 8_200, unique_options_viewed: 4, reasoning_depth_score: 71.5 };
  expect(explained('decision_style.analytical', observed)).toEqual({
    rule: 'decision_style.analytical',
    concludes: 'ANALYTICAL_THINKING',
    held: false,
    applied: false,
    conditions: [
      {
        metric: 'time_metrics.first_decision_speed_ms',
        comparison: '>',
        threshold: 30_000,
        threshold_of: 'general',
        actual: 8_200,
        held: false,
        assessable: true,
      },
      {
        metric: 'decision_metrics.unique_options_viewed',
        comparison: '>=',
        threshold: 4, // 0.8 × 5 options
        threshold_of: 'general',
        actual: 4,
        held: true,
        assessable: true,
      },
      {
        metric: 'reasoning_metrics.reasoning_depth_score',
        comparison: '>=',
        threshold: 60,
        threshold_of: 'general',
        actual: 71.5,
        held: true,
        assessable: true,
      },
    ],
  });
});

it('shows thresholds that grow with the task in its own numbers, without floating point noise', () => {
  const threeOptions = { ...fiveOptions, options: fiveOptions.options.slice(0, 3) };
  const thresholds = explain(someoneWith(), threeOptions)
    .flatMap(({ conditions }) => conditions)
    .filter(({ metric }) => /options_viewed/.test(metric))
    .map(({ threshold }) => threshold);
  expect(thresholds).toEqual([2.4, 6]);
});

it('shows the exposure that was or was not found', () => {
  const observed: Observed = { final_risk_tag: 'low', risk_exposure_pattern: ['medium', 'low'] };
  expect(explained('risk_profile.risk_averse', observed)?.conditions).toEqual([
    {
      metric: 'risk_metrics.final_risk_tag',
      comparison: 'equals',
      threshold: 'low',
      threshold_of: 'general',
      actual: 'low',
      held: true,
      assessable: true,
    },
    {
      metric: 'risk_metrics.risk_exposure_pattern',
      comparison: 'excludes',
      threshold: 'high',
      threshold_of: 'general',
      actual: ['medium', 'low'],
      held: true,
      assessable: true,
    },
  ]);
});

describe('a rule that holds behind another of its group', () => {
  const observed = { word_count: 70, reasoning_depth_score: 77 };

  it('is shown as held but not applied', () => {
    expect(explained('reasoning_style.structured', observed)).toMatchObject({ held: true, applied: true });
    expect(explained('reasoning_style.detailed', observed)).toMatchObject({ held: true, applied: false });
    expect(explained('reasoning_style.concise', observed)).toMatchObject({ held: false, applied: false });
  });
});

it('comes with the profile from the same evaluation', () => {
  const both = interpretAndExplain(someoneWith(), fiveOptions);
  expect(both.interpretation).toEqual(interpret(someoneWith(), fiveOptions));
  expect(both.explanation).toEqual(explain(someoneWith(), fiveOptions));
});
