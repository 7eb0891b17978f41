import { randomUUID } from 'node:crypto';
import type { Collection, Db } from 'mongodb';
import { isDuplicateKey } from '../errors.ts';
import { SCHEMA_COLLECTION } from './record.ts';

/** Milliseconds without a renewal after which a holder counts as dead. */
const LEASE_MS = 5000;
const RENEWAL_MS = 1000;

interface LeaseDocument {
  _id: 'lease';
  holder: string | null;
  /** In the database's time, which all processes share. */
  until: Date;
}

/** Allows only one process at a time to upgrade the database. */
export class Lease {
  readonly #leases: Collection<LeaseDocument>;
  /** Identifies this attempt at an upgrade; also part of the names of the copies it makes. */
  readonly holder = randomUUID();

  constructor(db: Db) {
    this.#leases = db.collection<LeaseDocument>(SCHEMA_COLLECTION);
  }

  /** @returns false while another process holds it. */
  async acquire(): Promise<boolean> {
    await this.#ensureDocument();
    return this.#extend({ $expr: { $lte: ['$until', '$$NOW'] } });
  }

  /** Renews the lease while `work` runs, and releases it afterwards. */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    // A failed renewal does not stop the work; `ensureHeld` is called before the steps where it matters.
    const renewal = setInterval(() => void this.#renew().catch(() => undefined), RENEWAL_MS);
    try {
      return await work();
    } finally {
      clearInterval(renewal);
      await this.#leases.updateOne(
        { _id: 'lease', holder: this.holder },
        { $set: { holder: null, until: new Date(0) } },
      );
    }
  }

  /** @throws Error if another process has taken over because this one failed to renew the lease in time. */
  async ensureHeld(): Promise<void> {
    if (!(await this.#renew()))
      throw new Error('Another process has taken over the upgrade of the database.');
  }

  #renew(): Promise<boolean> {
    return this.#extend({ holder: this.holder });
  }

  async #extend(condition: object): Promise<boolean> {
    const until = { $add: ['$$NOW', LEASE_MS] };
    const { matchedCount } = await this.#leases.updateOne({ _id: 'lease', ...condition }, [
      { $set: { holder: this.holder, until } },
    ]);
    return matchedCount === 1;
  }

  async #ensureDocument(): Promise<void> {
    try {
      const free = { $setOnInsert: { holder: null, until: new Date(0) } };
      await this.#leases.updateOne({ _id: 'lease' }, free, { upsert: true });
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
    }
  }
}
