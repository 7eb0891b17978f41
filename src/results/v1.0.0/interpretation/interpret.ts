import type { ComputedMetrics, TaskFacts } from '../metrics/computed-metrics.ts';
import { type EvaluatedRule, type Evaluation, evaluate } from './evaluate.ts';
import { evidenceOf } from './evidence.ts';
import type { MetricName } from './metric-names.ts';
import { recruiterNotes } from './notes.ts';
import type { Confidence } from './rule-types.ts';
import type { BehavioralSummary, SkillCode } from './rules.ts';

export interface InferredSkill {
  skill_code: SkillCode;
  skill_label: string;
  confidence: Confidence;
  /** Sentences, each naming the figure on which it rests. */
  evidence: string[];
}

/** What the rules conclude from one attempt's metrics, as it is stored and shown. */
export interface Interpretation {
  /** At most one for each field of the summary, in its order. */
  inferred_skills: InferredSkill[];
  behavioral_summary: BehavioralSummary;
  recruiter_notes: string;
  interpreter_version: '1.0.0';
}

/** One comparison that a rule made; `threshold` is in the metric's own numbers, whatever the task's size. */
export interface ExplainedCondition {
  metric: MetricName;
  comparison: string;
  threshold: number | boolean | string;
  actual: number | boolean | string | readonly string[];
  held: boolean;
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

/** The profile that follows from one attempt's metrics by the rules of version 1.0.0. */
export function interpret(metrics: ComputedMetrics, task: TaskFacts): Interpretation {
  return interpretation(evaluate(metrics, task));
}

/** Every rule and condition that was looked at on the way to the profile, held or not, in order. */
export function explain(metrics: ComputedMetrics, task: TaskFacts): ExplainedRule[] {
  return evaluate(metrics, task).rules.map(explained);
}

function interpretation(evaluation: Evaluation): Interpretation {
  const applied = evaluation.rules.filter((evaluated) => evaluated.applied);
  return {
    inferred_skills: applied.map((evaluated) => ({
      skill_code: evaluated.rule.skill_code,
      skill_label: evaluated.rule.skill_label,
      confidence: evaluated.confidence,
      evidence: evidenceOf(evaluated, evaluation),
    })),
    behavioral_summary: evaluation.summary,
    recruiter_notes: recruiterNotes(evaluation),
    interpreter_version: '1.0.0',
  };
}

function explained({ rule, held, applied, conditions }: EvaluatedRule): ExplainedRule {
  return {
    rule: rule.rule,
    concludes: rule.skill_code,
    held,
    applied,
    conditions: conditions.map(({ condition, threshold, actual, held }) => {
      return { metric: condition.metric, comparison: condition.comparison, threshold, actual, held };
    }),
  };
}
