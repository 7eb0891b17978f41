import type { RecordedEvent } from '../../events/recorded-event.ts';

/** By how many milliseconds the two clocks may disagree about an interval: networks delay, clocks step. */
export const CLOCK_TOLERANCE_MS = 2_000;

/**
 * The most milliseconds by which the candidate's and the server's clock disagree about the interval
 * between any two events. A clock that is merely set wrong disagrees about no interval; one that drifts
 * or is set while the task runs does, and so does an event that was sent long after it happened. For two
 * events the disagreement is the difference of their (client − server) offsets, hence the range of those.
 */
export function clockDisagreement(events: readonly RecordedEvent[]): number {
  const offsets = events.map((event) => event.timestamp_client.getTime() - event.timestamp_server.getTime());
  return offsets.reduce((a, b) => Math.max(a, b)) - offsets.reduce((a, b) => Math.min(a, b));
}

/**
 * Whether the candidate's clock says nothing about intervals: it stood still over three or more events, or
 * an event is dated more than 2 s before one that was recorded earlier.
 */
export function isClientClockUnusable(events: readonly RecordedEvent[]): boolean {
  const times = events.map((event) => event.timestamp_client.getTime());
  const stoodStill = times.length >= 3 && times.every((time) => time === times[0]);
  return stoodStill || furthestStepBack(times) > CLOCK_TOLERANCE_MS;
}

/** The most milliseconds by which any time lies before one in front of it. */
function furthestStepBack(times: readonly number[]): number {
  let latest = Number.NEGATIVE_INFINITY;
  let furthest = 0;
  for (const time of times) {
    latest = Math.max(latest, time);
    furthest = Math.max(furthest, latest - time);
  }
  return furthest;
}
