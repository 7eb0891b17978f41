import { LRUCache } from 'lru-cache';
import type { User } from './user.ts';

/** Milliseconds after which a cached account is read again: a little less than 5 s. */
const TTL_MS = 4999;
/** Maximum number of cached accounts; the least recently used goes first. */
const CAPACITY = 4096;

/**
 * Accounts by id for the hot path: thousands of events a second must not cause as many reads of the same few
 * accounts. After `forget` a change takes effect at once in this process; other processes follow within 5 s.
 */
export class AccountCache {
  readonly #users: LRUCache<string, User>;

  /**
   * @param read reads the account from the database; null if there is none
   * @param clock in milliseconds
   */
  constructor(read: (user_id: string) => Promise<User | null>, clock: { now(): number } = performance) {
    this.#users = new LRUCache({
      max: CAPACITY,
      ttl: TTL_MS,
      // Read the clock at each use; to cache the time, the cache would need a timer.
      ttlResolution: 0,
      perf: clock,
      // Failures are not cached, nor are missing accounts, because they may be created in a moment.
      fetchMethod: async (user_id) => (await read(user_id)) ?? undefined,
      // A read under way is still answered if the account is forgotten meanwhile.
      ignoreFetchAbort: true,
    });
  }

  /** @returns the account as it was at most 5 s ago; null if there is none. Simultaneous calls share one read. */
  async get(user_id: string): Promise<User | null> {
    return (await this.#users.fetch(user_id)) ?? null;
  }

  /** Must be called after every change of an account, so that the next `get` reads it again. */
  forget(user_id: string): void {
    this.#users.delete(user_id);
  }
}
