import type { Evaluation } from './evaluate.ts';
import { decisionLimits } from './limits/decision-style.ts';
import type { Limit } from './limits/limit.ts';
import { reasoningLimits } from './limits/reasoning-style.ts';
import { riskLimits } from './limits/risk-profile.ts';
import type { SummaryField } from './rules.ts';

/** Everything that may limit a conclusion, by the question that the conclusion answers. */
export const LIMITS = {
  decision_style: decisionLimits,
  risk_profile: riskLimits,
  reasoning_style: reasoningLimits,
} as const satisfies Record<SummaryField, readonly Limit[]>;

/** Why a conclusion is hardly carried by its record. */
export type LimitCode = (typeof LIMITS)[SummaryField][number]['code'];

/** What limits the conclusions of one record, by the question that they answer, each list in a fixed order. */
export type Limits = Record<SummaryField, Limit<LimitCode>[]>;

/** Everything that limits the conclusions of this record. */
export function findLimits(evaluation: Evaluation): Limits {
  const holding = (limits: readonly Limit<LimitCode>[]) => limits.filter((limit) => limit.holds(evaluation));
  return {
    decision_style: holding(LIMITS.decision_style),
    risk_profile: holding(LIMITS.risk_profile),
    reasoning_style: holding(LIMITS.reasoning_style),
  };
}
