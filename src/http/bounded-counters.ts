import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';

/** At most `points` in a span of `seconds`; a span begins with the first request in it. */
export interface Rate {
  points: number;
  seconds: number;
}

/** Maximum number of keys that one set of counters remembers, about 500 bytes each. */
const MAX_KEYS = 20_000;

/**
 * Counters by key in this process's memory, so several processes together allow several times the rate. Keys are
 * hashed: they are then short, whatever a client sends, and no secret stays in memory. Above the maximum number of
 * keys the least recently used one is forgotten.
 */
export class BoundedCounters {
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

  /** Adds points. @returns undefined; above the limit the seconds until the next span begins */
  async take(key: string, points: number): Promise<number | undefined> {
    try {
      await this.#counters.consume(this.#remember(key), points);
      return undefined;
    } catch (refused) {
      return this.#secondsIn(refused as RateLimiterRes);
    }
  }

  /** Adds a point. @returns all points of the span */
  async add(key: string): Promise<number> {
    return (await this.#counters.penalty(this.#remember(key))).consumedPoints;
  }

  /** The points of the current span. */
  async get(key: string): Promise<number> {
    return (await this.#counters.get(hashOf(key)))?.consumedPoints ?? 0;
  }

  /** Starts a span for this key that lasts `seconds`. */
  async block(key: string, seconds: number): Promise<void> {
    await this.#counters.block(this.#remember(key), seconds);
  }

  /** Seconds until the current span ends, rounded up; 0 if there is none. */
  async secondsLeft(key: string): Promise<number> {
    const counted = await this.#counters.get(hashOf(key));
    return counted ? this.#secondsIn(counted) : 0;
  }

  async forget(key: string): Promise<void> {
    const hashed = hashOf(key);
    this.#keys.delete(hashed);
    await this.#counters.delete(hashed);
  }

  #remember(key: string): string {
    const hashed = hashOf(key);
    this.#keys.set(hashed, true);
    return hashed;
  }

  /** Timers end the spans, but what is left of one is told by the wall clock, which may have been set. */
  #secondsIn({ msBeforeNext }: RateLimiterRes): number {
    return Math.min(Math.max(Math.ceil(msBeforeNext / 1000), 1), this.#seconds);
  }
}

const hashOf = (key: string): string => createHash('sha256').update(key).digest('base64url');
