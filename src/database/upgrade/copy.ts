import type { CollectionInfo, Db, Document, FindCursor } from 'mongodb';
import type { CollectionDefinition, CollectionIndex } from '../definition.ts';
import { durabilityOf } from '../durability.ts';
import { makeIndexes } from './indexes.ts';
import type { Lease } from './lease.ts';

/** Part of every copy's name, before the holder's id. */
const COPY = '.upgrade.';
const COPY_NAME = /\.upgrade\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Number of documents fetched at once for comparison. */
const BATCH = 2000;

/**
 * Gives a collection a new validator and indexes if the server cannot change them in place. It makes a copy, compares
 * it and then replaces the collection in one step. Nobody else may write to the collection meanwhile.
 *
 * Killed at any moment, it leaves either the old or the new collection, complete. The copy's name contains the lease
 * holder's id, and the next holder removes it. So a holder that was only paused cannot replace a collection that
 * others have changed since.
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
  // Stored documents are kept as they are, even if the new validator would refuse them.
  await db
    .collection(name)
    .aggregate([{ $merge: merge }], { bypassDocumentValidation: true, writeConcern })
    .toArray();
  await makeIndexes(copy, indexes, name);
  await compare(db, name, copyName);
  await lease.ensureHeld();
  await copy.rename(name, { dropTarget: true });
}

/** The same for a collection whose documents need not be kept; others may write to it meanwhile. */
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

/** Removes the copies of earlier lease holders, which have died or count as dead. */
export async function removeCopies(db: Db): Promise<void> {
  const names = await db.listCollections({}, { nameOnly: true }).toArray();
  for (const { name } of names) {
    if (COPY_NAME.test(name)) await db.dropCollection(name);
  }
}

/** @throws Error unless both collections contain the same documents, byte for byte. */
async function compare(db: Db, original: string, copy: string): Promise<void> {
  const [left, right] = [rawDocuments(db, original), rawDocuments(db, copy)];
  for (;;) {
    const [a, b] = await Promise.all([left.next(), right.next()]);
    if (a === null && b === null) return;
    if (a === null || b === null || Buffer.compare(a, b) !== 0) {
      throw new Error(`The copy of "${original}" differs from it; it will be made again at the next start.`);
    }
  }
}

/** The documents as bytes, in the order of their ids. */
function rawDocuments(db: Db, name: string): FindCursor<Uint8Array> {
  const options = { raw: true, batchSize: BATCH };
  return db.collection(name).find<Uint8Array>({}, options).sort({ _id: 1 });
}
