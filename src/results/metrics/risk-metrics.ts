import type { RecordedEvent } from '../../events/recorded-event.ts';
import type { RiskTag } from '../../tasks/task.ts';
import type { CompleteAttempt } from './complete-attempt.ts';
import type { RiskMetrics, TaskFacts } from './computed-metrics.ts';

/** An event names an option that the task does not have: events and task do not belong together. */
export class ForeignOption extends Error {
  override readonly name = 'ForeignOption';
}

/**
 * The risk of the finally chosen option, and the risk of each option that was viewed, selected or changed
 * to, in order. The completion itself is no further exposure.
 *
 * @throws ForeignOption where an event names an option that `task` does not have.
 */
export function riskMetrics({ events, completed }: CompleteAttempt, task: TaskFacts): RiskMetrics {
  const risks = new Map(task.options.map((option) => [option.option_id, option.risk_tag]));
  const riskOf = (option_id: string): RiskTag => {
    const risk = risks.get(option_id);
    if (!risk) throw new ForeignOption(`The task has no option ${option_id}.`);
    return risk;
  };
  return {
    final_risk_tag: riskOf(completed.payload.final_option_id),
    risk_exposure_pattern: events.flatMap(optionMet).map(riskOf),
  };
}

function optionMet(event: RecordedEvent): string[] {
  switch (event.event_type) {
    case 'option_viewed':
    case 'option_selected':
      return [event.payload.option_id];
    case 'option_changed':
      return [event.payload.to_option_id];
    default:
      return [];
  }
}
