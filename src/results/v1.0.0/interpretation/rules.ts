import type { RuleGroup } from './rule-types.ts';
import { decisionStyle } from './rules/decision-style.ts';
import { reasoningStyle } from './rules/reasoning-style.ts';
import { riskProfile } from './rules/risk-profile.ts';

/** Every rule of version 1.0.0, by the field of the behavioral summary that its group decides. */
export const RULES = {
  decision_style: decisionStyle,
  risk_profile: riskProfile,
  reasoning_style: reasoningStyle,
} as const satisfies Record<string, RuleGroup>;

type Rules = typeof RULES;
export type SummaryField = keyof Rules;

type RuleOf<Field extends SummaryField> = Rules[Field]['rules'][number];
type StyleOf<Field extends SummaryField> = RuleOf<Field>['style'] | NonNullable<Rules[Field]['otherwise']>;

/** The codes of the skills that can be inferred. */
export type SkillCode = RuleOf<SummaryField>['skill_code'];

/** One word for each of the three questions that the rules answer. */
export type BehavioralSummary = { [Field in SummaryField]: StyleOf<Field> };
