import {
  type AnyBulkWriteOperation,
  type Collection,
  type Document,
  MongoBulkWriteError,
  type OptionalUnlessRequiredId,
  type UpdateOneModel,
} from 'mongodb';
import { DUPLICATE_KEY } from './errors.ts';
import { Grouping } from './grouping.ts';

/** The outcome for one document: written, or refused by a unique index. */
export type WriteVerdict = 'written' | 'duplicate';

/** Inserts documents in groups, with the collection's write concern. Each document gets its own verdict. */
export class GroupedInserts<T extends Document> {
  readonly #grouping: Grouping<T, WriteVerdict>;

  constructor(collection: Collection<T>) {
    this.#grouping = new Grouping((documents) =>
      writeWithVerdicts(documents.length, () =>
        collection.insertMany(documents as OptionalUnlessRequiredId<T>[], { ordered: false }),
      ),
    );
  }

  /**
   * @param patient see `Grouping.add`
   * @throws the database's error if it is unknown whether the document was written.
   */
  insert(document: T, patient = false): Promise<WriteVerdict> {
    return this.#grouping.add(document, patient);
  }

  /** How many documents wait for the next call. */
  get waiting(): number {
    return this.#grouping.waiting;
  }

  /** Resolves when nothing is waiting or running. */
  drain(): Promise<void> {
    return this.#grouping.drain();
  }
}

/** Updates single documents in groups, with the collection's write concern; the order within a group is undefined. */
export class GroupedUpdates<T extends Document> {
  readonly #grouping: Grouping<UpdateOneModel<T>, WriteVerdict>;

  constructor(collection: Collection<T>) {
    this.#grouping = new Grouping((updates) => {
      const operations = updates.map((updateOne): AnyBulkWriteOperation<T> => ({ updateOne }));
      return writeWithVerdicts(updates.length, () => collection.bulkWrite(operations, { ordered: false }));
    });
  }

  /**
   * @param patient see `Grouping.add`
   * @throws the database's error if it is unknown whether the document was changed.
   */
  async update(update: UpdateOneModel<T>, patient = false): Promise<void> {
    await this.#grouping.add(update, patient);
  }
}

/** @throws the write's error unless it names the documents that failed */
async function writeWithVerdicts(
  count: number,
  write: () => Promise<unknown>,
): Promise<(WriteVerdict | Error)[]> {
  const each: (WriteVerdict | Error)[] = Array(count).fill('written');
  try {
    await write();
  } catch (error) {
    // The driver uses the same class for a lost connection; only an error that names documents is a verdict.
    if (!(error instanceof MongoBulkWriteError) || error.result.getWriteConcernError()) throw error;
    const refused = [error.writeErrors].flat();
    if (refused.length === 0) throw error;
    for (const { index, code } of refused) each[index] = code === DUPLICATE_KEY ? 'duplicate' : error;
  }
  return each;
}
