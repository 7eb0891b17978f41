import type { Evaluation } from './evaluate.ts';
import type { EvaluatedNumber } from './evaluate-condition.ts';
import { RESOLUTION_MS, reach } from './first-decision.ts';
import type { MetricNameOf } from './metric-names.ts';

/**
 * Why a figure counts as being at a threshold. `resolution`: time stamps are whole milliseconds.
 * `clock_disagreement`: the threshold lies between what the two clocks tell. `within_5_percent`: only a hint;
 * the figure is exact, but not far from the mark.
 */
export const BORDERLINE_REASONS = ['resolution', 'clock_disagreement', 'within_5_percent'] as const;
export type BorderlineReason = (typeof BORDERLINE_REASONS)[number];

/** A threshold that a figure comes close to; both and their distance are in the metric's own unit. */
export interface Borderline {
  metric: MetricNameOf<number>;
  threshold: number;
  distance: number;
  reason: BorderlineReason;
}

/** The twentieth part of a mark, within which a figure is close to it. The contract's section 8. */
const CLOSE_PARTS = 20;

/** Every mark that a figure of this record comes close to, in the order in which the rules look at them. */
export function findBorderline(evaluation: Evaluation): Borderline[] {
  return marksLookedAt(evaluation).flatMap((evaluated) => {
    const { condition, threshold, actual } = evaluated;
    // Without the noise of subtracting fractions.
    const distance = Number(Math.abs(actual - threshold).toFixed(6));
    const reason = reasonOf(evaluated, distance, evaluation);
    return reason === undefined ? [] : [{ metric: condition.metric, threshold, distance, reason }];
  });
}

/** The marks on whose sides the record cannot tell: what is only a hint is not among them. */
export function findUnsettled(evaluation: Evaluation): Borderline[] {
  return findBorderline(evaluation).filter(({ reason }) => reason !== 'within_5_percent');
}

function reasonOf(
  { condition, threshold }: EvaluatedNumber,
  distance: number,
  { firstDecision }: Evaluation,
): BorderlineReason | undefined {
  if (condition.metric === 'time_metrics.first_decision_speed_ms') {
    const { from, to } = reach(firstDecision);
    if (distance <= RESOLUTION_MS) return 'resolution';
    if (from <= threshold && threshold <= to) return 'clock_disagreement';
  }
  return distance * CLOSE_PARTS <= threshold ? 'within_5_percent' : undefined;
}

/** Each mark once, though several rules look at the same one. */
function marksLookedAt({ numbers }: Evaluation): EvaluatedNumber[] {
  const byMark = new Map<string, EvaluatedNumber>();
  for (const evaluated of numbers) {
    if (typeof evaluated.condition.threshold === 'number') continue;
    const { mark } = evaluated.condition.threshold;
    if (!byMark.has(mark)) byMark.set(mark, evaluated);
  }
  return [...byMark.values()];
}
