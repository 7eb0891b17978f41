import { isDeepStrictEqual } from 'node:util';
import type { Collection } from 'mongodb';
import type { CollectionIndex } from '../definition.ts';
import { isDuplicateKey } from '../errors.ts';
import { DatabaseRefused } from './database-refused.ts';

/** What must change for a collection to have its defined indexes. An operator's own indexes are left alone. */
export interface IndexChanges {
  missing: CollectionIndex[];
  /** Indexes whose name is taken by a different index, or which exist under a different name. */
  replaced: CollectionIndex[];
  /** Names of indexes that must be dropped before the replaced ones can be created. */
  inTheWay: string[];
  /** Names of indexes that an earlier release created and that are no longer defined. */
  retired: string[];
}

/** @param ours names of the indexes that any release of this server has created */
export function changesOf(
  defined: readonly CollectionIndex[],
  existing: readonly CollectionIndex[],
  ours: readonly string[],
): IndexChanges {
  const changes: IndexChanges = { missing: [], replaced: [], inTheWay: [], retired: [] };
  for (const index of defined) {
    const namesake = existing.find(({ name }) => name === index.name);
    if (namesake && isSame(namesake, index)) continue;
    // MongoDB does not allow two equal indexes, and our queries use hints with our names.
    const twin = existing.find((other) => isSame(other, index));
    const inTheWay = [namesake, twin].flatMap((other) => other?.name ?? []);
    if (inTheWay.length === 0) changes.missing.push(index);
    else changes.replaced.push(index);
    changes.inTheWay.push(...inTheWay);
  }
  const names = new Set(defined.map(({ name }) => name));
  changes.retired = existing
    .map(({ name }) => name)
    .filter((name) => ours.includes(name) && !names.has(name) && !changes.inTheWay.includes(name));
  return changes;
}

/** The indexes that an operator has added, so that they can be created again. */
export function foreignIndexes(
  existing: readonly CollectionIndex[],
  defined: readonly CollectionIndex[],
  { inTheWay, retired }: IndexChanges,
): CollectionIndex[] {
  return existing.filter(
    ({ name }) =>
      name !== '_id_' &&
      !defined.some((index) => index.name === name) &&
      !inTheWay.includes(name) &&
      !retired.includes(name),
  );
}

/** Creates new indexes before dropping old ones, as far as their names allow. @throws DatabaseRefused */
export async function applyIndexes(
  collection: Collection,
  { missing, replaced, inTheWay, retired }: IndexChanges,
): Promise<void> {
  await makeIndexes(collection, missing);
  for (const name of inTheWay) await collection.dropIndex(name);
  await makeIndexes(collection, replaced);
  for (const name of retired) await collection.dropIndex(name);
}

/**
 * @param name what operators know the collection as, if this is a copy of it
 * @throws DatabaseRefused if stored documents violate a unique index.
 */
export async function makeIndexes(
  collection: Collection,
  indexes: readonly CollectionIndex[],
  name = collection.collectionName,
): Promise<void> {
  if (indexes.length === 0) return;
  try {
    await collection.createIndexes([...indexes]);
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    throw new DatabaseRefused(
      `A unique index of "${name}" cannot be created, because several documents have the same ` +
        `key (${(error as Error).message}): remove the duplicates, then start again.`,
    );
  }
}

function isSame(existing: CollectionIndex, defined: CollectionIndex): boolean {
  // The order of the keys matters, but a comparison of objects ignores it.
  const keys = (key: object) => JSON.stringify([...(key instanceof Map ? key : Object.entries(key))]);
  return (
    keys(existing.key) === keys(defined.key) && isDeepStrictEqual(optionsOf(existing), optionsOf(defined))
  );
}

/** The options that distinguish two indexes with the same keys, without those that only state a default. */
function optionsOf(index: CollectionIndex): Record<string, unknown> {
  const options = Object.entries(index).filter(([option, value]) => {
    if (['v', 'key', 'name'].includes(option) || value === false) return false;
    return option !== 'collation' || index.collation?.locale !== 'simple';
  });
  return Object.fromEntries(options);
}
