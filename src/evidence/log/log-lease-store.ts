import { randomUUID } from 'node:crypto';
import type { Collection } from 'mongodb';
import { isDuplicateKey } from '../../database/errors.ts';
import type { LogLeaseDocument } from './collections.ts';

/** Milliseconds without a renewal after which a holder counts as dead. */
const LEASE_MS = 5000;
const NOBODY = '';

/**
 * Makes one process the keeper of the log, as a rule. The log does not depend on it: two keepers at once would only lose
 * races against each other.
 */
export class LogLeaseStore {
  readonly #leases: Collection<LogLeaseDocument>;
  readonly #holder = randomUUID();

  constructor(leases: Collection<LogLeaseDocument>) {
    this.#leases = leases;
  }

  /** Takes or renews the lease. @returns false while another process holds it */
  async acquire(): Promise<boolean> {
    const isMineOrFree = { $or: [{ holder: this.#holder }, { $expr: { $lte: ['$until', '$$NOW'] } }] };
    const { matchedCount } = await this.#leases.updateOne({ _id: 'lease', ...isMineOrFree }, [
      { $set: { holder: this.#holder, until: { $add: ['$$NOW', LEASE_MS] } } },
    ]);
    if (matchedCount === 1) return true;
    await this.#ensureDocument();
    return false;
  }

  /** Lets another process take it at once. */
  async release(): Promise<void> {
    const free = { holder: NOBODY, until: new Date(0) };
    await this.#leases.updateOne({ _id: 'lease', holder: this.#holder }, { $set: free });
  }

  /** Only before the first keeper of a database is there none; the next turn then finds it. */
  async #ensureDocument(): Promise<void> {
    try {
      const free = { $setOnInsert: { holder: NOBODY, until: new Date(0) } };
      await this.#leases.updateOne({ _id: 'lease' }, free, { upsert: true });
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
    }
  }
}
