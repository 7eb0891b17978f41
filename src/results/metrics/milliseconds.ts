import type { RecordedEvent } from '../../events/recorded-event.ts';

/** Milliseconds on the server's clock from one event to a later one. */
export function elapsed(from: RecordedEvent, to: RecordedEvent): number {
  return to.timestamp_server.getTime() - from.timestamp_server.getTime();
}

/**
 * The sum of some milliseconds, to the microsecond. Front ends measure views with fractions
 * (`performance.now()`): the fractions are kept, the noise of adding them (0.1 + 0.2) is not, so that a
 * sum does not depend on the order of its parts. Where front ends report nonsense, the sum stays finite.
 */
export function sumOfMilliseconds(parts: readonly number[]): number {
  return toMicrosecond(
    Math.min(
      parts.reduce((sum, part) => sum + part, 0),
      Number.MAX_VALUE,
    ),
  );
}

/** `ms` without anything smaller than a microsecond. */
export function toMicrosecond(ms: number): number {
  return Number(ms.toFixed(3));
}
