import type { Condition, RuleGroup } from '../rule-types.ts';
import { structuredReasoning } from './reasoning-style.ts';

/*
 * Which style most people get depends on the task rather than on them, so every threshold here is a mark that a task
 * may set for itself. The general values stand beside the names of the marks, in `tasks/task.ts`.
 */

const slowFirstDecision: Condition = {
  metric: 'time_metrics.first_decision_speed_ms',
  comparison: '>',
  threshold: { mark: 'slow_first_decision_ms' },
  evidence:
    'The first option was selected {actual} after the start, later than {mark} for a slow first decision.',
};

const fastFirstDecision: Condition = {
  metric: 'time_metrics.first_decision_speed_ms',
  comparison: '<',
  threshold: { mark: 'fast_first_decision_ms' },
  evidence:
    'The first option was selected {actual} after the start, sooner than {mark} for a fast first decision.',
};

const fullCoverage: Condition = {
  metric: 'decision_metrics.unique_options_viewed',
  comparison: '>=',
  threshold: { mark: 'coverage_share', per_option: true },
  evidence:
    'The candidate viewed {actual} out of the {options} of the task, at least the {share} that count as full coverage.',
};

const manyRevisits: Condition = {
  metric: 'decision_metrics.options_viewed_count',
  comparison: '>',
  threshold: { mark: 'revisits_per_option', per_option: true },
  evidence: 'The record shows {actual} over the {options} of the task, above {mark} for many revisits.',
};

const fewChanges: Condition = {
  metric: 'decision_metrics.decision_change_count',
  comparison: '<=',
  threshold: { mark: 'few_changes' },
  evidence: 'The record shows {actual}, at or below {mark} for few changes.',
};

const noChange: Condition = {
  metric: 'decision_metrics.decision_change_count',
  comparison: '<=',
  threshold: 0,
};

const manyChanges: Condition = {
  metric: 'decision_metrics.decision_change_count',
  comparison: '>=',
  threshold: { mark: 'many_changes' },
  evidence: 'The record shows {actual}, at or above {mark} for many changes.',
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
