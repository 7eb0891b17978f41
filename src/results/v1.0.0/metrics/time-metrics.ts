import { isOfType, type RecordedEvent, type RecordedEventOf } from '../../../events/recorded-event.ts';
import type { CompleteAttempt } from '../../metrics/complete-attempt.ts';
import { elapsed, sumOfMilliseconds, toMicrosecond } from '../../metrics/milliseconds.ts';
import type { TimeMetrics } from './computed-metrics.ts';

/**
 * How the time of an attempt was spent, in milliseconds.
 * - total: `task_completed` − `task_started`, on the server's clock;
 * - active interaction: the sum of all view durations, as the front end measured them, + reasoning time;
 * - hesitation: total − active, never below 0 (views may overlap, or be measured by a faulty clock);
 * - first decision speed: first `option_selected` − `task_started`, on the server's clock.
 */
export function timeMetrics({ events, started, firstSelection, completed }: CompleteAttempt): TimeMetrics {
  const total = elapsed(started, completed);
  const views = events.filter(isOfType('option_viewed')).map((view) => view.payload.duration_ms);
  const active = sumOfMilliseconds([...views, reasoningTime(events)]);
  return {
    total_time_ms: total,
    active_interaction_time_ms: active,
    hesitation_time_ms: toMicrosecond(Math.max(0, total - active)),
    first_decision_speed_ms: elapsed(started, firstSelection),
  };
}

/**
 * Milliseconds spent on reasoning: for each submission, the time since the latest `reasoning_started`
 * before it that no earlier submission has used; nothing where there is none. Two starts and two
 * submissions after them therefore pair up like brackets, the second submission with the first start.
 */
function reasoningTime(events: readonly RecordedEvent[]): number {
  const unused: RecordedEventOf<'reasoning_started'>[] = [];
  let time = 0;
  for (const event of events) {
    if (event.event_type === 'reasoning_started') unused.push(event);
    if (event.event_type !== 'reasoning_submitted') continue;
    const start = unused.pop();
    if (start) time += elapsed(start, event);
  }
  return time;
}
