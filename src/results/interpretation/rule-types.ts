import type { MarkName } from '../../tasks/general-marks.ts';
import type { RiskTag } from '../../tasks/task.ts';
import type { MetricNameOf } from './metric-names.ts';

/** A threshold by its name: the task's own value where the task has one, else the general one. */
export interface Mark {
  mark: MarkName;
  /** It grows with the task: the mark is multiplied by the number of its options. */
  per_option?: true;
}

export type NumberComparison = '<' | '<=' | '>' | '>=';

interface Evidenced {
  /**
   * The sentence that stands as evidence where the condition held; none where another condition of the
   * rule says it better. Placeholders in braces are filled in with units: `actual` and `threshold` of this
   * condition, `mark` (the threshold, and whether it is the task's own), `share` (a per-option mark as a
   * percentage), `steps` (the length of an exposure pattern), `options` (of the task), or any metric that is
   * a number, by its dotted name.
   */
  evidence?: string;
}

export interface NumberCondition extends Evidenced {
  metric: MetricNameOf<number>;
  comparison: NumberComparison;
  threshold: number | Mark;
}

/** Whether a metric is exactly this. */
export type ValueCondition = Evidenced & { comparison: 'equals' } & (
    | { metric: MetricNameOf<boolean>; threshold: boolean }
    | { metric: MetricNameOf<RiskTag>; threshold: RiskTag }
  );

/** Whether a risk was met at all on the way. */
export interface ExposureCondition extends Evidenced {
  metric: MetricNameOf<readonly RiskTag[]>;
  comparison: 'includes' | 'excludes';
  threshold: RiskTag;
}

/** One comparison of one metric with one threshold. */
export type Condition = NumberCondition | ValueCondition | ExposureCondition;

export type Confidence = 'strong' | 'moderate';

/** A confidence that depends on one more condition. */
export interface ConditionalConfidence {
  level: Confidence;
  when: Condition;
  otherwise: Confidence;
}

/** What is concluded where all conditions hold and no earlier rule of the group held. */
export interface Rule<Style extends string = string, Code extends string = string> {
  rule: string;
  skill_code: Code;
  skill_label: string;
  style: Style;
  confidence: Confidence | ConditionalConfidence;
  conditions: readonly Condition[];
}

/** Rules in order, of which the first that holds counts. */
export interface RuleGroup<Style extends string = string, Code extends string = string> {
  rules: readonly Rule<Style, Code>[];
  /** The style where no rule holds; null where the rules leave no such case. */
  otherwise: Style | null;
}
