import { type CollectionOptions, type Db, ReadPreference, type WriteConcernSettings } from 'mongodb';

/** Milliseconds that a server waits for a majority; by then nobody waits for its answer any more. */
const MAJORITY_MS = 2500;

/** How a collection is read and written, so that what was acknowledged survives and what decides is not taken back. */
export type Durability = Pick<CollectionOptions, 'readPreference'> & {
  readConcern?: { level: 'majority' };
  writeConcern: WriteConcernSettings;
};

/**
 * What makes an acknowledged write survive, on the disks of a majority or on the one disk of a standalone server, and
 * a read trustworthy: where there are several, what only some of them have may be rolled back. So it is whatever the
 * connection string says.
 *
 * A majority is not asked of a standalone, because the embedded engine then acknowledges before the write is on
 * disk, `j` or not: killed right after the acknowledgement it had lost the write in a quarter of the tries, and in
 * none with `w: 1`.
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
