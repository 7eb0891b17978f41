import type { SkillCode, SummaryField } from '../interpretation/rules.ts';
import type { FigureName, Measured, SupposedTask } from './figures.ts';

/** A condition of any version's rules, as it came out. */
export interface JudgedCondition {
  condition: { metric: FigureName };
  /** A number is in the metric's own numbers, whatever the task's size and marks. */
  threshold: number | boolean | string;
  held: boolean;
}

/** A rule of any version, as it came out. */
export interface JudgedRule {
  rule: { rule: string; skill_code: SkillCode; skill_label: string };
  /** It held and no earlier rule of its group did. */
  applied: boolean;
  conditions: readonly JudgedCondition[];
}

/** The rules of one version, as the search uses them: it asks them, and knows nothing else about them. */
export interface RulesInUse<Metrics extends Measured> {
  interpreter_version: string;
  /** The rules of each group, by the question that they answer: the very objects that `evaluate` tells of. */
  groups: Readonly<Record<SummaryField, { rules: readonly JudgedRule['rule'][] }>>;
  /** Every rule in order, and the word that each question is answered with. */
  evaluate(
    metrics: Metrics,
    task: SupposedTask,
  ): { rules: readonly JudgedRule[]; summary: Readonly<Record<SummaryField, string>> };
}
