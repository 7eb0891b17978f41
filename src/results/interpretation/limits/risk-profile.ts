import type { Evaluation } from '../evaluate.ts';
import { counted } from '../figures.ts';
import type { Limit } from './limit.ts';

/** Fewer than two different risks were viewed or chosen, so that the final choice shows no preference among them. */
const oneRiskSeen = {
  code: 'one_risk_seen',
  holds: (evaluation) => new Set(seen(evaluation)).size < 2,
  evidence: (evaluation) => {
    const steps = counted(seen(evaluation).length, ['option view or choice', 'option views and choices']);
    return `Only options of ${seen(evaluation)[0]} risk came up in ${steps}.`;
  },
  note: (evaluation) => `only options of ${seen(evaluation)[0]} risk came up`,
} as const satisfies Limit;

export const riskLimits = [oneRiskSeen] as const;

function seen({ values }: Evaluation) {
  return values['risk_metrics.risk_exposure_pattern'];
}
