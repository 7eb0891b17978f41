import type { Evaluation } from '../evaluate.ts';
import { counted } from '../figures.ts';
import type { Limit } from './limit.ts';

/** Fewer than two different risks were viewed or chosen, so that the final choice shows no preference among them. */
const oneRiskSeen = {
  code: 'one_risk_seen',
  holds: (evaluation) => new Set(exposure(evaluation)).size < 2,
  evidence: (evaluation) => {
    const steps = counted(exposure(evaluation).length, ['option view or choice', 'option views and choices']);
    return `Only options of ${exposure(evaluation)[0]} risk came up in ${steps}.`;
  },
  note: (evaluation) => `only options of ${exposure(evaluation)[0]} risk came up`,
} as const satisfies Limit;

export const riskLimits = [oneRiskSeen] as const;

function exposure({ values }: Evaluation) {
  return values['risk_metrics.risk_exposure_pattern'];
}
