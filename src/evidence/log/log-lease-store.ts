import { randomUUID } from 'node:crypto';
import type { Collection } from 'mongodb';
import { isDuplicateKey } from '../../database/errors.ts';
import type { LogLeaseDocument } from './collections.ts';

/** Milliseconds without a renewal after which a holder counts as dead. */
const LEASE_MS = 5000;

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
    try {
      const { matchedCount, upsertedCount } = await this.#leases.updateOne(
        { _id: 'lease', ...isMineOrFree },
        [{ $set: { holder: this.#holder, until: { $add: ['$$NOW', LEASE_MS] } } }],
        { upsert: true },
      );
      return matchedCount + upsertedCount === 1;
    } catch (error) {
      // Somebody else holds it, so it was neither found nor can it be made.
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  /** Lets another process take it at once. */
  async release(): Promise<void> {
    await this.#leases.deleteOne({ _id: 'lease', holder: this.#holder });
  }
}
