import { isOfType, type RecordedEvent } from '../../events/recorded-event.ts';
import { CLOCK_TOLERANCE_MS, clockDisagreement, isClientClockUnusable } from './client-clock.ts';
import type { CompleteAttempt } from './complete-attempt.ts';
import { QUALITY_FLAGS, type QualityFlag, type TaskFacts, type TimeMetrics } from './computed-metrics.ts';
import { lastReasoning } from './reasoning-metrics.ts';
import { isMostlyUnspaced } from './unspaced-script.ts';

/** Milliseconds; a longer time between two events is a long pause. The contract's section 7. */
export const LONG_PAUSE_ABOVE_MS = 1_800_000;
/** Milliseconds; nobody looks at one option for longer: the computer slept. The contract's section 5. */
const LONG_VIEW_ABOVE_MS = 3_600_000;

/**
 * What makes this record weaker, as codes in a fixed order, each at most once. They enter no other number;
 * which of them limits which conclusion is the interpreter's matter.
 */
export function qualityFlags(
  { events, completed }: CompleteAttempt,
  time: TimeMetrics,
  task: TaskFacts,
): QualityFlag[] {
  const views = events.filter(isOfType('option_viewed')).map((view) => view.payload);
  const longestView = views.reduce((longest, view) => Math.max(longest, view.duration_ms), 0);
  const raised: Record<QualityFlag, boolean> = {
    active_time_exceeds_total: time.active_interaction_time_ms > time.total_time_ms,
    clock_skew: clockDisagreement(events) > CLOCK_TOLERANCE_MS,
    time_limit_exceeded:
      task.time_limit_seconds !== null && time.total_time_ms > task.time_limit_seconds * 1_000,
    // In a completed attempt at least the completion came after every abandonment, and so resumed it.
    resumed_after_abandon: events.some((event) => event.event_type === 'task_abandoned'),
    events_batched: events.some((event) => event.batched === true),
    selection_without_change_event: hasSilentReselection(events),
    no_option_viewed: views.length === 0,
    final_option_not_viewed: !views.some((view) => view.option_id === completed.payload.final_option_id),
    long_pause: time.longest_pause_ms > LONG_PAUSE_ABOVE_MS,
    long_view: longestView > LONG_VIEW_ABOVE_MS || longestView > time.total_time_ms,
    client_clock_corrected: events.some((event) => event.client_clock_corrected === true),
    client_clock_unusable: isClientClockUnusable(events),
    unspaced_script: isMostlyUnspaced(lastReasoning(events)),
  };
  return QUALITY_FLAGS.filter((flag) => raised[flag]);
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
