import { LRUCache } from 'lru-cache';
import type { User } from './user.ts';

/** How long this process may go on believing what it read of an account, in milliseconds: less than 5 s. */
const TTL_MS = 4999;
/** Accounts kept at most; the longest unused goes first. */
const CAPACITY = 4096;

/**
 * Accounts by id for the hot path: thousands of events a second must not mean as many reads of the same few
 * accounts. `forget` makes a change count at once in this process; other processes follow within 5 s.
 */
export class AccountCache {
  readonly #users: LRUCache<string, User>;

  /**
   * @param read gets the account from the database; null where there is none.
   * @param clock in milliseconds
   */
  constructor(read: (user_id: string) => Promise<User | null>, clock: { now(): number } = performance) {
    this.#users = new LRUCache({
      max: CAPACITY,
      ttl: TTL_MS,
      // The clock is read at each use: a cached time would need a timer of its own.
      ttlResolution: 0,
      perf: clock,
      // Neither a failure nor an account that may come to be in a moment is remembered.
      fetchMethod: async (user_id) => (await read(user_id)) ?? undefined,
      // Whoever is waiting for a read gets its answer although the account is forgotten meanwhile.
      ignoreFetchAbort: true,
    });
  }

  /** @returns the account as it was at most 5 s ago; null where there is none. Simultaneous calls share a read. */
  async get(user_id: string): Promise<User | null> {
    return (await this.#users.fetch(user_id)) ?? null;
  }

  /** To be called after every change of an account, so that the next `get` reads it anew. */
  forget(user_id: string): void {
    this.#users.delete(user_id);
  }
}
