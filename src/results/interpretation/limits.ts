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

/** What limits the conclusions about `field` in this record, in a fixed order. */
export function limitsOf(field: SummaryField, evaluation: Evaluation): Limit<LimitCode>[] {
  const all: readonly Limit<LimitCode>[] = LIMITS[field];
  return all.filter((limit) => limit.holds(evaluation));
}
