import type { RecordedEvent } from '../../../events/recorded-event.ts';
import { completeAttempt } from '../../metrics/complete-attempt.ts';
import { decisionMetrics } from '../../metrics/decision-metrics.ts';
import { riskMetrics } from '../../metrics/risk-metrics.ts';
import type { ComputedMetrics, TaskFacts } from './computed-metrics.ts';
import { qualityFlags } from './quality-flags.ts';
import { reasoningMetrics } from './reasoning-metrics.ts';
import { timeMetrics } from './time-metrics.ts';

/**
 * The metrics of one completed attempt by the formulas of version 1.0.0, as results of that version were made.
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
    version: '1.0.0',
  };
}
