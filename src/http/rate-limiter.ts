import { tooManyRequests } from '../errors.ts';
import { BoundedCounters, type Rate } from './bounded-counters.ts';

/** Counts requests by key, right or wrong, so that nobody can take more than a share of the server. */
export class RateLimiter {
  readonly #counters: BoundedCounters;

  constructor(rate: Rate, maxKeys?: number) {
    this.#counters = new BoundedCounters(rate, maxKeys);
  }

  /** @throws Refusal 429 with the seconds until the next span begins. */
  async take(key: string, points = 1): Promise<void> {
    const seconds = await this.#counters.take(key, points);
    if (seconds === undefined) return;
    throw tooManyRequests(`Too many requests; try again in ${seconds} s.`, { retry_after: seconds });
  }
}
