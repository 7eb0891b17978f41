import type { AttemptContext } from '../../machines/attempt-v1.machine.ts';

/** Failures in a row after which the machine stops trying by itself and waits for `retry_requested`. */
const MAX_FAILURES = 8;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 16_000;

/**
 * When a failed computation of results is tried again: after 0.25, 0.5, 1 … 16 s. It is provided to the machine
 * beside the computations, so that tuning it is no new machine.
 */
export const RETRY_POLICY = {
  guards: {
    retriesExhausted: ({ context }: { context: AttemptContext }) => context.failures >= MAX_FAILURES,
  },
  delays: {
    backOff: ({ context }: { context: AttemptContext }) =>
      Math.min(FIRST_PAUSE_MS * 2 ** (context.failures - 1), LONGEST_PAUSE_MS),
  },
};
