import { type Collection, type Document, MongoBulkWriteError, type OptionalUnlessRequiredId } from 'mongodb';

/** One document's own fate: written, or refused by a unique index. */
export type WriteVerdict = 'written' | 'duplicate';

interface Pending<T> {
  document: T;
  resolve: (verdict: WriteVerdict) => void;
  reject: (error: unknown) => void;
}

const DUPLICATE_KEY = 11_000;
/** One durable write at a time leaves the disk idle while the next is sent; more than two gain nothing. */
const MAX_IN_FLIGHT = 2;
/** Keeps one insert well under the server's 48 MB message limit at 16 KiB an event. */
const MAX_GROUP = 500;

/**
 * Inserts documents durably in groups: what arrives while writes are under way goes into the next insert,
 * whoever sent it. The cost of reaching the disk is so shared, and each document still gets its own verdict.
 */
export class GroupedWriter<T extends Document> {
  readonly #collection: Collection<T>;
  #waiting: Pending<T>[] = [];
  readonly #inFlight = new Set<Promise<void>>();

  constructor(collection: Collection<T>) {
    this.#collection = collection;
  }

  /** @throws the database's error when it is not known whether the document was written. */
  write(document: T): Promise<WriteVerdict> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ document, resolve, reject });
      this.#next();
    });
  }

  /** Resolves when nothing is waiting or under way. */
  async drain(): Promise<void> {
    while (this.#inFlight.size > 0) await Promise.all(this.#inFlight);
  }

  #next(): void {
    if (this.#inFlight.size >= MAX_IN_FLIGHT || this.#waiting.length === 0) return;
    const group = this.#waiting.slice(0, MAX_GROUP);
    this.#waiting = this.#waiting.slice(MAX_GROUP);
    const writing = this.#insert(group).finally(() => {
      this.#inFlight.delete(writing);
      this.#next();
    });
    this.#inFlight.add(writing);
  }

  async #insert(group: Pending<T>[]): Promise<void> {
    try {
      const documents = group.map(({ document }) => document as OptionalUnlessRequiredId<T>);
      await this.#collection.insertMany(documents, { ordered: false });
      for (const { resolve } of group) resolve('written');
    } catch (error) {
      this.#settle(group, error);
    }
  }

  /** A unique index refuses single documents of a group; anything else leaves the fate of all unknown. */
  #settle(group: Pending<T>[], error: unknown): void {
    const refused = new Map<number, number>();
    // Only what names single documents is a verdict; the driver uses the same class for a lost connection.
    const verdicts = error instanceof MongoBulkWriteError ? [error.writeErrors].flat() : [];
    const durable =
      error instanceof MongoBulkWriteError && verdicts.length > 0 && !error.result.getWriteConcernError();
    if (durable) {
      for (const { index, code } of verdicts) refused.set(index, code as number);
    } else {
      this.#rejectWaiting(error);
    }
    for (const [index, { resolve, reject }] of group.entries()) {
      const code = refused.get(index);
      if (!durable || (code !== undefined && code !== DUPLICATE_KEY)) reject(error);
      else resolve(code === DUPLICATE_KEY ? 'duplicate' : 'written');
    }
  }

  /** What waits was not even sent; it would only run into the same time-out later. */
  #rejectWaiting(error: unknown): void {
    for (const { reject } of this.#waiting) reject(error);
    this.#waiting = [];
  }
}
