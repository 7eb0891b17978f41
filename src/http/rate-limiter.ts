import { LRUCache } from 'lru-cache';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { tooManyRequests } from '../errors.ts';

/** At most `points` in each span of `seconds`, which begins with the first one. */
export interface Rate {
  points: number;
  seconds: number;
}

/** Keys that one limiter remembers, at some 500 bytes each; the one not seen for the longest goes first. */
const MAX_KEYS = 20_000;

/** Counts by key, in the memory of this process: several processes allow several times the rate. */
export class RateLimiter {
  readonly #counters: RateLimiterMemory;
  readonly #keys: LRUCache<string, true>;

  constructor({ points, seconds }: Rate, maxKeys = MAX_KEYS) {
    const counters = new RateLimiterMemory({ points, duration: seconds });
    this.#counters = counters;
    this.#keys = new LRUCache({
      max: maxKeys,
      dispose: (_, key, reason) => reason === 'evict' && counters.delete(key),
    });
  }

  /** @throws Refusal 429 with the seconds until the next span. */
  async take(key: string, points = 1): Promise<void> {
    this.#keys.set(key, true);
    try {
      await this.#counters.consume(key, points);
    } catch (refused) {
      const { msBeforeNext } = refused as RateLimiterRes;
      const seconds = Math.max(Math.ceil(msBeforeNext / 1000), 1);
      throw tooManyRequests(`This is too often; try again in ${seconds} s.`, { retry_after: seconds });
    }
  }
}
