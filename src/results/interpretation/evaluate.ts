import type { ComputedMetrics, QualityFlag, TaskFacts } from '../metrics/computed-metrics.ts';
import {
  type EvaluatedCondition,
  type EvaluatedNumber,
  evaluateCondition,
  type Observation,
} from './evaluate-condition.ts';
import { firstDecision } from './first-decision.ts';
import { metricValues } from './metric-names.ts';
import type { Confidence, Rule, RuleGroup } from './rule-types.ts';
import { type BehavioralSummary, RULES, type SkillCode, type SummaryField } from './rules.ts';

export interface EvaluatedRule {
  rule: Rule<string, SkillCode>;
  /** Which question its group answers. */
  field: SummaryField;
  confidence: Confidence;
  conditions: EvaluatedCondition[];
  /** All conditions held. */
  held: boolean;
  /** It held and no earlier rule of its group did: its conclusion is in the profile. */
  applied: boolean;
}

/** Every rule evaluated, in order, and what follows; the profile and its explanation both come from here. */
export interface Evaluation extends Observation {
  rules: EvaluatedRule[];
  /** All comparisons of numbers among the conditions of `rules`, in their order. */
  numbers: EvaluatedNumber[];
  summary: BehavioralSummary;
  flags: readonly QualityFlag[];
}

/**
 * Evaluates every condition of every rule against one attempt's metrics. Within a group the first rule
 * that holds is applied; later ones are evaluated all the same, so that the explanation is complete.
 */
export function evaluate(metrics: ComputedMetrics, task: TaskFacts): Evaluation {
  const observation: Observation = {
    values: metricValues(metrics),
    firstDecision: firstDecision(metrics),
    options: task.options.length,
    marks: task.marks ?? {},
  };
  const decision = evaluateGroup('decision_style', RULES.decision_style, observation);
  const risk = evaluateGroup('risk_profile', RULES.risk_profile, observation);
  const reasoning = evaluateGroup('reasoning_style', RULES.reasoning_style, observation);
  const rules = [...decision.rules, ...risk.rules, ...reasoning.rules];
  return {
    ...observation,
    rules,
    numbers: rules.flatMap(({ conditions }) => conditions.filter((each) => each.kind === 'number')),
    summary: { decision_style: decision.style, risk_profile: risk.style, reasoning_style: reasoning.style },
    flags: metrics.quality_flags,
  };
}

/**
 * The decision style that would follow had the first option been selected `ms` after the start by both clocks,
 * and were every other figure as observed.
 */
export function decisionStyleAt(ms: number, observation: Observation): BehavioralSummary['decision_style'] {
  const supposed: Observation = {
    ...observation,
    values: { ...observation.values, 'time_metrics.first_decision_speed_ms': ms },
    firstDecision: { server: ms, client: ms },
  };
  return evaluateGroup('decision_style', RULES.decision_style, supposed).style;
}

function evaluateGroup<Style extends string>(
  field: SummaryField,
  group: RuleGroup<Style, SkillCode>,
  observation: Observation,
) {
  let style: Style | undefined;
  const rules = group.rules.map((rule): EvaluatedRule => {
    const conditions = rule.conditions.map((condition) => evaluateCondition(condition, observation));
    const held = conditions.every((condition) => condition.held);
    const applied = held && style === undefined;
    if (applied) style = rule.style;
    return { rule, field, confidence: confidenceOf(rule, observation), conditions, held, applied };
  });
  style ??= group.otherwise ?? undefined;
  if (style === undefined) throw new Error(`None of the rules ${group.rules.map((r) => r.rule)} holds.`);
  return { rules, style };
}

function confidenceOf({ confidence }: Rule, observation: Observation): Confidence {
  if (typeof confidence === 'string') return confidence;
  const { held } = evaluateCondition(confidence.when, observation);
  return held ? confidence.level : confidence.otherwise;
}
