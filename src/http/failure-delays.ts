import { tooManyRequests } from '../errors.ts';
import { BoundedCounters } from './bounded-counters.ts';

/** How often something may fail before it has to wait, and how long at most. */
export interface FailureRate {
  /** Failures in a span of `seconds` before there is a delay; a span begins with the first failure in it. */
  free: number;
  seconds: number;
  firstDelaySeconds: number;
  maxDelaySeconds: number;
}

/**
 * Delays by key. The last free failure and each one after it start a time in which nothing more is tried, each time
 * twice as long, up to the maximum. Nobody is locked out: whoever waits long enough is heard. What is refused meanwhile does
 * not count, so a flood does not make the delay longer.
 */
export class FailureDelays {
  readonly #rate: FailureRate;
  readonly #failures: BoundedCounters;
  readonly #delays: BoundedCounters;

  constructor(rate: FailureRate, maxKeys?: number) {
    const { free, seconds, maxDelaySeconds } = rate;
    this.#rate = rate;
    this.#failures = new BoundedCounters({ points: free, seconds }, maxKeys);
    this.#delays = new BoundedCounters({ points: 1, seconds: maxDelaySeconds }, maxKeys);
  }

  /** Seconds until something may be tried for this key. */
  secondsLeft(key: string): Promise<number> {
    return this.#delays.secondsLeft(key);
  }

  /** Failures in the current span. */
  failures(key: string): Promise<number> {
    return this.#failures.get(key);
  }

  async countFailure(key: string): Promise<void> {
    const { free, firstDelaySeconds, maxDelaySeconds } = this.#rate;
    const excess = (await this.#failures.add(key)) - free;
    if (excess >= 0)
      await this.#delays.block(key, Math.min(firstDelaySeconds * 2 ** excess, maxDelaySeconds));
  }

  async forget(key: string): Promise<void> {
    await Promise.all([this.#failures.forget(key), this.#delays.forget(key)]);
  }
}

/** @param what was wrong, in the plural. @throws Refusal 429 if there is time left to wait */
export function refuseEarly(seconds: number, what: string): void {
  if (seconds === 0) return;
  throw tooManyRequests(`Too many ${what} were wrong; try again in ${seconds} s.`, { retry_after: seconds });
}
