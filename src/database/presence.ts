import { randomUUID } from 'node:crypto';
import type { Collection } from 'mongodb';
import type { ServerInstanceDocument } from './server-instances.ts';

/** Milliseconds without a sign of life after which a process counts as gone. */
export const GONE_AFTER_MS = 10_000;

/** The server processes that share the database. Each one regularly gives a sign of life. */
export class Presence {
  readonly #instances: Collection<ServerInstanceDocument>;
  readonly #id = randomUUID();
  #databaseTime = new Date();

  constructor(instances: Collection<ServerInstanceDocument>) {
    this.#instances = instances;
  }

  /** Gives a sign of life. @returns the database's time, which all processes share. */
  async beat(): Promise<Date> {
    const entry = await this.#instances.findOneAndUpdate(
      { _id: this.#id },
      { $currentDate: { seen_at: true } },
      { upsert: true, returnDocument: 'after' },
    );
    if (entry) this.#databaseTime = entry.seen_at;
    return this.#databaseTime;
  }

  /** Whether any other process is using the database. */
  async hasPeers(): Promise<boolean> {
    const seen_at = { $gt: new Date(this.#databaseTime.getTime() - GONE_AFTER_MS) };
    return (await this.#instances.findOne({ _id: { $ne: this.#id }, seen_at })) !== null;
  }

  /**
   * Removes the entries of processes that died without leaving.
   * @returns whether there were any; if several processes ask at once, only one gets true
   */
  async buryDead(): Promise<boolean> {
    const seen_at = { $lt: new Date(this.#databaseTime.getTime() - GONE_AFTER_MS) };
    const { deletedCount } = await this.#instances.deleteMany({ _id: { $ne: this.#id }, seen_at });
    return deletedCount > 0;
  }

  /** Removes this process's entry, and old entries of processes that were killed. */
  async leave(): Promise<void> {
    const long_ago = new Date(this.#databaseTime.getTime() - 6 * GONE_AFTER_MS);
    await this.#instances.deleteMany({ $or: [{ _id: this.#id }, { seen_at: { $lt: long_ago } }] });
  }
}
