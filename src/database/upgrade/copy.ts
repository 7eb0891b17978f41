import type { CollectionInfo, Db, Document, FindCursor } from 'mongodb';
import type { CollectionDefinition, CollectionIndex } from '../definition.ts';
import { durabilityOf } from '../durability.ts';
import { makeIndexes } from './indexes.ts';
import type { Lease } from './lease.ts';

/** Part of every copy's name; nothing else in the database has it in its name. */
const COPY = '.upgrade.';
/** Documents that are compared by one call. */
const BATCH = 2000;

/**
 * Gives a collection a validator and indexes where the server cannot change them in place: by a copy beside it,
 * which is compared and then put in its place at once. Nobody else may write to the collection meanwhile.
 *
 * Killed at any moment, it leaves the old collection or the new one, each whole. The copy bears the holder's name
 * and is removed by whoever holds the lease next, so that a holder that comes back to life has nothing to put in
 * the place of what others have gone on with.
 */
export async function replaceByCopy(
  db: Db,
  { name, options }: CollectionInfo,
  validator: Document,
  indexes: readonly CollectionIndex[],
  lease: Lease,
): Promise<void> {
  const copyName = nameOfCopy(name, lease);
  const copy = await db.createCollection(copyName, { ...options, validator });
  const merge = { into: copyName, on: '_id', whenMatched: 'fail', whenNotMatched: 'insert' };
  const { writeConcern } = await durabilityOf(db);
  // What is stored stays as it is, whether or not it would still be taken today.
  await db
    .collection(name)
    .aggregate([{ $merge: merge }], { bypassDocumentValidation: true, writeConcern })
    .toArray();
  await makeIndexes(copy, indexes);
  await compare(db, name, copyName);
  await lease.ensureHeld();
  await copy.rename(name, { dropTarget: true });
}

/** The same for a collection whose documents need not be kept, with anybody writing to it. */
export async function replaceByEmpty(
  db: Db,
  { name, schema, indexes }: CollectionDefinition,
  lease: Lease,
): Promise<void> {
  const copy = await db.createCollection(nameOfCopy(name, lease), { validator: { $jsonSchema: schema } });
  await makeIndexes(copy, indexes);
  await lease.ensureHeld();
  await copy.rename(name, { dropTarget: true });
}

const nameOfCopy = (name: string, { holder }: Lease): string => `${name}${COPY}${holder}`;

/** Removes what a holder that died, or that counts as dead, has begun. */
export async function removeCopies(db: Db): Promise<void> {
  const names = await db.listCollections({}, { nameOnly: true }).toArray();
  for (const { name } of names) {
    if (name.includes(COPY)) await db.dropCollection(name);
  }
}

/** @throws Error unless both hold the same documents, byte for byte. */
async function compare(db: Db, original: string, copy: string): Promise<void> {
  const [left, right] = [rawDocuments(db, original), rawDocuments(db, copy)];
  for (;;) {
    const [a, b] = await Promise.all([left.next(), right.next()]);
    if (a === null && b === null) return;
    if (a === null || b === null || Buffer.compare(a, b) !== 0) {
      throw new Error(`The copy of "${original}" is not equal to it; it is made again at the next start.`);
    }
  }
}

/** The documents as bytes, in the order of their ids. */
function rawDocuments(db: Db, name: string): FindCursor<Uint8Array> {
  const options = { raw: true, batchSize: BATCH };
  return db.collection(name).find<Uint8Array>({}, options).sort({ _id: 1 });
}
