import { isOfType, type RecordedEvent, type RecordedEventOf } from '../../events/recorded-event.ts';
import type { CompleteAttempt } from './complete-attempt.ts';
import type { TimeMetrics } from './computed-metrics.ts';
import { elapsed, sumOfMilliseconds, toMicrosecond } from './milliseconds.ts';

/**
 * How the time of an attempt was spent, in milliseconds.
 * - total: `task_completed` − `task_started`, on the server's clock;
 * - active interaction: the sum of all view durations, as the front end measured them, + reasoning time;
 * - hesitation: total − active, never below 0 (views may overlap, or be measured by a faulty clock);
 * - first decision speed: first `option_selected` − `task_started`, on the server's clock, and the same
 *   difference on the front end's;
 * - first action: the first event after the start − the start; longest pause: the longest time from one
 *   event to the next; both on the server's clock.
 */
export function timeMetrics({ events, started, firstSelection, completed }: CompleteAttempt): TimeMetrics {
  const total = elapsed(started, completed);
  const views = events.filter(isOfType('option_viewed')).map((view) => view.payload.duration_ms);
  const active = sumOfMilliseconds([...views, reasoningTime(events)]);
  const pauses = pausesBetween(events);
  return {
    total_time_ms: total,
    active_interaction_time_ms: active,
    hesitation_time_ms: toMicrosecond(Math.max(0, total - active)),
    first_decision_speed_ms: elapsed(started, firstSelection),
    first_decision_client_ms: firstSelection.timestamp_client.getTime() - started.timestamp_client.getTime(),
    first_action_ms: pauses[0] ?? 0,
    longest_pause_ms: pauses.reduce((longest, pause) => Math.max(longest, pause), 0),
  };
}

/**
 * Milliseconds spent on reasoning: for each submission, the time since the latest `reasoning_started` since
 * the submission before it; nothing where there is none. So no moment counts twice, however many fields of
 * one form start and submit.
 */
function reasoningTime(events: readonly RecordedEvent[]): number {
  let start: RecordedEventOf<'reasoning_started'> | undefined;
  let time = 0;
  for (const event of events) {
    if (event.event_type === 'reasoning_started') start = event;
    if (event.event_type !== 'reasoning_submitted') continue;
    if (start) time += elapsed(start, event);
    start = undefined;
  }
  return time;
}

/** Milliseconds from each event to the next one. */
function pausesBetween(events: readonly RecordedEvent[]): number[] {
  return events.slice(1).map((event, index) => elapsed(events[index] ?? event, event));
}
