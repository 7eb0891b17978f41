import type { ComputedMetrics, TaskFacts } from '../metrics/computed-metrics.ts';
import { type Borderline, findBorderline } from './borderline.ts';
import { type EvaluatedRule, type Evaluation, evaluate } from './evaluate.ts';
import type { EvaluatedCondition, ThresholdOwner } from './evaluate-condition.ts';
import { evidenceOf } from './evidence.ts';
import { findLimits, type LimitCode, type Limits } from './limits.ts';
import type { MetricName } from './metric-names.ts';
import { recruiterNotes } from './notes.ts';
import type { Confidence } from './rule-types.ts';
import { type BehavioralSummary, INTERPRETER_VERSION, type SkillCode } from './rules.ts';

export type { Confidence } from './rule-types.ts';
export { type BehavioralSummary, INTERPRETER_VERSION, type SkillCode } from './rules.ts';

export interface InferredSkill {
  skill_code: SkillCode;
  skill_label: string;
  confidence: Confidence;
  /** `limited` where the record hardly carries the conclusion; the confidence is that of the rule all the same. */
  reliability: 'full' | 'limited';
  /** What limits it, each with a sentence of its own at the end of the evidence; empty where nothing does. */
  limited_by: LimitCode[];
  /** Sentences, each naming the figure on which it rests. */
  evidence: string[];
}

/** What the rules conclude from one attempt's metrics, as it is stored and shown. */
export interface Interpretation {
  /** At most one for each field of the summary, in its order. */
  inferred_skills: InferredSkill[];
  behavioral_summary: BehavioralSummary;
  /** The thresholds that a figure of this record comes close to. */
  borderline: Borderline[];
  recruiter_notes: string;
  interpreter_version: typeof INTERPRETER_VERSION;
}

/** One comparison that a rule made; `threshold` is in the metric's own numbers, whatever the task's size. */
export interface ExplainedCondition {
  metric: MetricName;
  comparison: string;
  threshold: number | boolean | string;
  /** Whether the task sets this threshold for itself, or it is the one for all tasks. */
  threshold_of: ThresholdOwner;
  actual: number | boolean | string | readonly string[];
  held: boolean;
  /** False where the record contradicts itself about the figure: the condition then does not hold. */
  assessable: boolean;
  /** Why it is not assessable. */
  reason?: 'clocks_disagree';
}

/** One rule as it was looked at. */
export interface ExplainedRule {
  rule: string;
  /** The skill that it would infer. */
  concludes: SkillCode;
  /** All its conditions held. */
  held: boolean;
  /** It also was the first of its group to hold, so that the profile has its skill. */
  applied: boolean;
  conditions: ExplainedCondition[];
}

/** The profile that follows from one attempt's metrics. Pure: the same metrics always give the same. */
export function interpret(metrics: ComputedMetrics, task: TaskFacts): Interpretation {
  return interpretation(evaluate(metrics, task));
}

/** Every rule and condition that was looked at on the way to the profile, held or not, in order. */
export function explain(metrics: ComputedMetrics, task: TaskFacts): ExplainedRule[] {
  return evaluate(metrics, task).rules.map(explained);
}

/** The profile and its explanation from one and the same evaluation. */
export function interpretAndExplain(
  metrics: ComputedMetrics,
  task: TaskFacts,
): { interpretation: Interpretation; explanation: ExplainedRule[] } {
  const evaluation = evaluate(metrics, task);
  return { interpretation: interpretation(evaluation), explanation: evaluation.rules.map(explained) };
}

function interpretation(evaluation: Evaluation): Interpretation {
  const limits = findLimits(evaluation);
  return {
    inferred_skills: evaluation.rules
      .filter(({ applied }) => applied)
      .map((rule) => skill(rule, evaluation, limits)),
    behavioral_summary: evaluation.summary,
    borderline: findBorderline(evaluation),
    recruiter_notes: recruiterNotes(evaluation, limits),
    interpreter_version: INTERPRETER_VERSION,
  };
}

function skill(evaluated: EvaluatedRule, evaluation: Evaluation, all: Limits): InferredSkill {
  const limits = all[evaluated.field];
  return {
    skill_code: evaluated.rule.skill_code,
    skill_label: evaluated.rule.skill_label,
    confidence: evaluated.confidence,
    reliability: limits.length === 0 ? 'full' : 'limited',
    limited_by: limits.map(({ code }) => code),
    evidence: [...evidenceOf(evaluated, evaluation), ...limits.map((limit) => limit.evidence(evaluation))],
  };
}

function explained({ rule, held, applied, conditions }: EvaluatedRule): ExplainedRule {
  return {
    rule: rule.rule,
    concludes: rule.skill_code,
    held,
    applied,
    conditions: conditions.map(explainedCondition),
  };
}

function explainedCondition(evaluated: EvaluatedCondition): ExplainedCondition {
  const { condition, threshold, actual, held } = evaluated;
  const explanation: ExplainedCondition = {
    metric: condition.metric,
    comparison: condition.comparison,
    threshold,
    threshold_of: evaluated.kind === 'number' ? evaluated.threshold_of : 'general',
    actual,
    held,
    assessable: true,
  };
  if (evaluated.kind !== 'number' || evaluated.unassessable === undefined) return explanation;
  return { ...explanation, assessable: false, reason: evaluated.unassessable };
}
