import type { RiskTag } from '../../../tasks/task.ts';
import type { ComputedMetrics, TaskFacts } from '../metrics/computed-metrics.ts';
import { type MetricValues, metricValues } from './metric-names.ts';
import type {
  Condition,
  Confidence,
  ExposureCondition,
  NumberComparison,
  NumberCondition,
  PerOption,
  Rule,
  RuleGroup,
  ValueCondition,
} from './rule-types.ts';
import { type BehavioralSummary, RULES, type SkillCode } from './rules.ts';

/** A condition with what was compared with what, and how that came out. */
export type EvaluatedCondition = { held: boolean } & (
  | { kind: 'number'; condition: NumberCondition; threshold: number; actual: number }
  | { kind: 'value'; condition: ValueCondition; threshold: boolean | RiskTag; actual: boolean | RiskTag }
  | { kind: 'exposure'; condition: ExposureCondition; threshold: RiskTag; actual: readonly RiskTag[] }
);

export interface EvaluatedRule {
  rule: Rule<string, SkillCode>;
  confidence: Confidence;
  conditions: EvaluatedCondition[];
  /** All conditions held. */
  held: boolean;
  /** It held and no earlier rule of its group did: its conclusion is in the profile. */
  applied: boolean;
}

/** Every rule evaluated, in order, and what follows; the profile and its explanation both come from here. */
export interface Evaluation {
  rules: EvaluatedRule[];
  summary: BehavioralSummary;
  values: MetricValues;
  options: number;
}

/** Compares two numbers as a rule would. */
export const COMPARE: Record<NumberComparison, (actual: number, threshold: number) => boolean> = {
  '<': (actual, threshold) => actual < threshold,
  '<=': (actual, threshold) => actual <= threshold,
  '>': (actual, threshold) => actual > threshold,
  '>=': (actual, threshold) => actual >= threshold,
};

/**
 * Evaluates every condition of every rule against one attempt's metrics. Within a group the first rule
 * that holds is applied; later ones are evaluated all the same, so that the explanation is complete.
 */
export function evaluate(metrics: ComputedMetrics, task: TaskFacts): Evaluation {
  const values = metricValues(metrics);
  const options = task.options.length;
  const decision = evaluateGroup(RULES.decision_style, values, options);
  const risk = evaluateGroup(RULES.risk_profile, values, options);
  const reasoning = evaluateGroup(RULES.reasoning_style, values, options);
  return {
    rules: [...decision.rules, ...risk.rules, ...reasoning.rules],
    summary: { decision_style: decision.style, risk_profile: risk.style, reasoning_style: reasoning.style },
    values,
    options,
  };
}

function evaluateGroup<Style extends string>(
  group: RuleGroup<Style, SkillCode>,
  values: MetricValues,
  options: number,
) {
  let style: Style | undefined;
  const rules = group.rules.map((rule): EvaluatedRule => {
    const conditions = rule.conditions.map((condition) => evaluateCondition(condition, values, options));
    const held = conditions.every((condition) => condition.held);
    const applied = held && style === undefined;
    if (applied) style = rule.style;
    return { rule, confidence: confidenceOf(rule, values, options), conditions, held, applied };
  });
  style ??= group.otherwise ?? undefined;
  if (style === undefined) throw new Error(`None of the rules ${group.rules.map((r) => r.rule)} holds.`);
  return { rules, style };
}

function confidenceOf({ confidence }: Rule, values: MetricValues, options: number): Confidence {
  if (typeof confidence === 'string') return confidence;
  const { held } = evaluateCondition(confidence.when, values, options);
  return held ? confidence.level : confidence.otherwise;
}

function evaluateCondition(condition: Condition, values: MetricValues, options: number): EvaluatedCondition {
  switch (condition.comparison) {
    case 'equals': {
      const { threshold } = condition;
      const actual = values[condition.metric];
      return { kind: 'value', condition, threshold, actual, held: actual === threshold };
    }
    case 'includes':
    case 'excludes': {
      const { threshold, comparison } = condition;
      const actual = values[condition.metric];
      const held = actual.includes(threshold) === (comparison === 'includes');
      return { kind: 'exposure', condition, threshold, actual, held };
    }
    default: {
      const threshold = inNumbers(condition.threshold, options);
      const actual = values[condition.metric];
      const held = COMPARE[condition.comparison](actual, threshold);
      return { kind: 'number', condition, threshold, actual, held };
    }
  }
}

/** Rounded because 0.8 × 3 is not quite 2.4 in floating point, and nobody should have to read that. */
function inNumbers(threshold: number | PerOption, options: number): number {
  return typeof threshold === 'number' ? threshold : Number((threshold.per_option * options).toFixed(6));
}
