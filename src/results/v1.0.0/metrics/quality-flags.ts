import type { RecordedEvent } from '../../../events/recorded-event.ts';
import type { CompleteAttempt } from '../../metrics/complete-attempt.ts';
import { QUALITY_FLAGS, type QualityFlag, type TaskFacts, type TimeMetrics } from './computed-metrics.ts';

/** By how many milliseconds the two clocks may disagree about an interval: networks delay, clocks step. */
const INTERVAL_TOLERANCE_MS = 2_000;

/**
 * What makes this record weaker, as codes in a fixed order, each at most once. They advise the reader and
 * enter no other number and no rule.
 */
export function qualityFlags({ events }: CompleteAttempt, time: TimeMetrics, task: TaskFacts): QualityFlag[] {
  const raised: Record<QualityFlag, boolean> = {
    active_time_exceeds_total: time.active_interaction_time_ms > time.total_time_ms,
    clock_skew: clockDisagreement(events) > INTERVAL_TOLERANCE_MS,
    time_limit_exceeded:
      task.time_limit_seconds !== null && time.total_time_ms > task.time_limit_seconds * 1_000,
    // In a completed attempt at least the completion came after every abandonment, and so resumed it.
    resumed_after_abandon: events.some((event) => event.event_type === 'task_abandoned'),
    events_batched: events.some((event) => event.batched === true),
    selection_without_change_event: hasSilentReselection(events),
  };
  return QUALITY_FLAGS.filter((flag) => raised[flag]);
}

/**
 * The most milliseconds by which the candidate's and the server's clock disagree about the interval
 * between any two events. A clock that is merely set wrong disagrees about no interval; one that drifts
 * or is set while the task runs does, and so does an event that was sent long after it happened. For two
 * events the disagreement is the difference of their (client − server) offsets, hence the range of those.
 */
function clockDisagreement(events: readonly RecordedEvent[]): number {
  const offsets = events.map((event) => event.timestamp_client.getTime() - event.timestamp_server.getTime());
  return offsets.reduce((a, b) => Math.max(a, b)) - offsets.reduce((a, b) => Math.min(a, b));
}

/** Whether another option was selected while one was selected, without an `option_changed` saying so. */
function hasSilentReselection(events: readonly RecordedEvent[]): boolean {
  let current: string | undefined;
  for (const event of events) {
    if (event.event_type === 'option_changed') current = event.payload.to_option_id;
    if (event.event_type !== 'option_selected') continue;
    if (current !== undefined && current !== event.payload.option_id) return true;
    current = event.payload.option_id;
  }
  return false;
}
