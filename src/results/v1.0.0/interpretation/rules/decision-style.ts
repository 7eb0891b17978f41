import type { Condition, RuleGroup } from '../rule-types.ts';
import { structuredReasoning } from './reasoning-style.ts';

/*
 * The thresholds of decision styles. They are the product's own convention, agreed for interpreter 1.0.0,
 * not research findings.
 */
/** Milliseconds; a first decision sooner than this is fast. */
const FAST_BELOW_MS = 10_000;
/** Milliseconds; a first decision later than this is slow. */
const SLOW_ABOVE_MS = 30_000;
const FEW_CHANGES_UP_TO = 1;
const MANY_CHANGES_FROM = 3;
/** The share of the task's options that must have been viewed at least once. */
const FULL_COVERAGE_FROM = { per_option: 0.8 };
/** Views for each option of the task, above which options were looked at again and again. */
const MANY_REVISITS_ABOVE = { per_option: 2 };

const slowFirstDecision: Condition = {
  metric: 'time_metrics.first_decision_speed_ms',
  comparison: '>',
  threshold: SLOW_ABOVE_MS,
  evidence:
    'The first option was selected {actual} after the start, later than the mark of {threshold} for a slow first decision.',
};

const fastFirstDecision: Condition = {
  metric: 'time_metrics.first_decision_speed_ms',
  comparison: '<',
  threshold: FAST_BELOW_MS,
  evidence:
    'The first option was selected {actual} after the start, sooner than the mark of {threshold} for a fast first decision.',
};

const fullCoverage: Condition = {
  metric: 'decision_metrics.unique_options_viewed',
  comparison: '>=',
  threshold: FULL_COVERAGE_FROM,
  evidence:
    'The candidate viewed {actual} out of the {options} of the task, at least the {share} that count as full coverage.',
};

const manyRevisits: Condition = {
  metric: 'decision_metrics.options_viewed_count',
  comparison: '>',
  threshold: MANY_REVISITS_ABOVE,
  evidence:
    'The record shows {actual} over the {options} of the task, above the mark of {threshold} for many revisits.',
};

const fewChanges: Condition = {
  metric: 'decision_metrics.decision_change_count',
  comparison: '<=',
  threshold: FEW_CHANGES_UP_TO,
  evidence: 'The record shows {actual}, at or below the mark of {threshold} for few changes.',
};

const noChange: Condition = {
  metric: 'decision_metrics.decision_change_count',
  comparison: '<=',
  threshold: 0,
};

const manyChanges: Condition = {
  metric: 'decision_metrics.decision_change_count',
  comparison: '>=',
  threshold: MANY_CHANGES_FROM,
  evidence: 'The record shows {actual}, at or above the mark of {threshold} for many changes.',
};

export const decisionStyle = {
  rules: [
    {
      rule: 'decision_style.analytical',
      skill_code: 'ANALYTICAL_THINKING',
      skill_label: 'Analytical Thinker',
      style: 'analytical',
      confidence: 'strong',
      conditions: [slowFirstDecision, fullCoverage, structuredReasoning],
    },
    {
      rule: 'decision_style.decisive',
      skill_code: 'DECISIVE_THINKING',
      skill_label: 'Decisive Thinker',
      style: 'decisive',
      confidence: { level: 'strong', when: noChange, otherwise: 'moderate' },
      conditions: [fastFirstDecision, fewChanges],
    },
    {
      rule: 'decision_style.exploratory',
      skill_code: 'EXPLORATORY_THINKING',
      skill_label: 'Exploratory Thinker',
      style: 'exploratory',
      confidence: 'strong',
      conditions: [manyChanges, manyRevisits],
    },
  ],
  otherwise: 'undetermined',
} as const satisfies RuleGroup;
