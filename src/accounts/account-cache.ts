import type { User } from './user.ts';

/** How long this process may go on believing what it read of an account, in milliseconds. */
const TTL_MS = 5000;
/** Accounts kept at most; the one read the longest ago goes first. */
const CAPACITY = 4096;

interface Entry {
  user: Promise<User | null>;
  readAt: number;
}

/**
 * Accounts by id for the hot path: thousands of events a second must not mean as many reads of the same few
 * accounts. `forget` makes a change count at once in this process; other processes follow within 5 s.
 */
export class AccountCache {
  readonly #read: (user_id: string) => Promise<User | null>;
  readonly #entries = new Map<string, Entry>();

  /** @param read gets the account from the database; null where there is none. */
  constructor(read: (user_id: string) => Promise<User | null>) {
    this.#read = read;
  }

  /** @returns the account as it was at most 5 s ago; null where there is none. Simultaneous calls share a read. */
  get(user_id: string): Promise<User | null> {
    const known = this.#entries.get(user_id);
    if (known && Date.now() - known.readAt < TTL_MS) return known.user;
    const entry = this.#load(user_id);
    // A Map keeps the order of insertion: putting the entry in anew leaves the one read the longest ago first.
    this.#entries.delete(user_id);
    this.#entries.set(user_id, entry);
    if (this.#entries.size > CAPACITY) this.#dropOldest();
    return entry.user;
  }

  /** To be called after every change of an account, so that the next `get` reads it anew. */
  forget(user_id: string): void {
    this.#entries.delete(user_id);
  }

  #load(user_id: string): Entry {
    const entry: Entry = { user: this.#read(user_id), readAt: Date.now() };
    const forgetThis = () => {
      if (this.#entries.get(user_id) === entry) this.#entries.delete(user_id);
    };
    // Neither a failure nor an account that may come to be in a moment is worth remembering.
    entry.user.then((user) => user ?? forgetThis(), forgetThis);
    return entry;
  }

  #dropOldest(): void {
    const oldest = this.#entries.keys().next();
    if (!oldest.done) this.#entries.delete(oldest.value);
  }
}
