import { isOfType } from '../../events/recorded-event.ts';
import type { CompleteAttempt } from './complete-attempt.ts';
import type { DecisionMetrics } from './computed-metrics.ts';
import { sumOfMilliseconds } from './milliseconds.ts';

/**
 * How the candidate moved among the options: the number of `option_changed`, the number of
 * `option_viewed`, the number of different options in them, and the milliseconds for which the finally
 * chosen option was viewed, all its views together.
 */
export function decisionMetrics({ events, completed }: CompleteAttempt): DecisionMetrics {
  const views = events.filter(isOfType('option_viewed')).map((view) => view.payload);
  const ofFinalOption = views.filter((view) => view.option_id === completed.payload.final_option_id);
  return {
    decision_change_count: events.filter(isOfType('option_changed')).length,
    options_viewed_count: views.length,
    unique_options_viewed: new Set(views.map((view) => view.option_id)).size,
    final_option_view_duration_ms: sumOfMilliseconds(ofFinalOption.map((view) => view.duration_ms)),
  };
}
