import { LRUCache } from 'lru-cache';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { tooManyRequests } from '../errors.ts';

/** At most `points` in a span of `seconds`; a span begins with the first request in it. */
export interface Rate {
  points: number;
  seconds: number;
}

/** Maximum number of keys that one limiter remembers, about 500 bytes each; the least recently used goes first. */
const MAX_KEYS = 20_000;

/** Counts requests by key in this process's memory, so several processes together allow several times the rate. */
export class RateLimiter {
  readonly #counters: RateLimiterMemory;
  readonly #keys: LRUCache<string, true>;
  readonly #seconds: number;

  constructor({ points, seconds }: Rate, maxKeys = MAX_KEYS) {
    const counters = new RateLimiterMemory({ points, duration: seconds });
    this.#counters = counters;
    this.#seconds = seconds;
    this.#keys = new LRUCache({
      max: maxKeys,
      dispose: (_, key, reason) => reason === 'evict' && counters.delete(key),
    });
  }

  /** @throws Refusal 429 with the seconds until the next span begins. */
  async take(key: string, points = 1): Promise<void> {
    this.#keys.set(key, true);
    try {
      await this.#counters.consume(key, points);
    } catch (refused) {
      const { msBeforeNext } = refused as RateLimiterRes;
      // Timers end the spans, but what is left of one is told by the wall clock, which may have been set back.
      const seconds = Math.min(Math.max(Math.ceil(msBeforeNext / 1000), 1), this.#seconds);
      throw tooManyRequests(`Too many requests; try again in ${seconds} s.`, { retry_after: seconds });
    }
  }
}
