import type { RecordedEvent } from '../../events/recorded-event.ts';
import { completeAttempt } from './complete-attempt.ts';
import { type ComputedMetrics, METRICS_VERSION, type TaskFacts } from './computed-metrics.ts';
import { decisionMetrics } from './decision-metrics.ts';
import { qualityFlags } from './quality-flags.ts';
import { reasoningMetrics } from './reasoning-metrics.ts';
import { riskMetrics } from './risk-metrics.ts';
import { timeMetrics } from './time-metrics.ts';

export { IncompleteAttempt } from './complete-attempt.ts';
export * from './computed-metrics.ts';
export { ForeignOption } from './risk-metrics.ts';

/**
 * Everything that is counted and measured of one completed attempt, from its events in order and the
 * facts of its task. Pure: the same events always give the same metrics.
 *
 * @throws IncompleteAttempt where `events` are not one whole attempt from start to completion.
 * @throws ForeignOption where an event names an option that `task` does not have.
 */
export function computeMetrics(events: readonly RecordedEvent[], task: TaskFacts): ComputedMetrics {
  const attempt = completeAttempt(events);
  const time = timeMetrics(attempt);
  return {
    time_metrics: time,
    decision_metrics: decisionMetrics(attempt),
    reasoning_metrics: reasoningMetrics(attempt),
    risk_metrics: riskMetrics(attempt, task),
    raw_event_count: events.length,
    quality_flags: qualityFlags(attempt, time, task),
    version: METRICS_VERSION,
  };
}
