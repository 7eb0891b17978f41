import { isDeepStrictEqual } from 'node:util';
import type { Collection } from 'mongodb';
import type { CollectionIndex } from '../definition.ts';
import { isDuplicateKey } from '../errors.ts';
import { DatabaseRefused } from './database-refused.ts';

/** How a collection's indexes come to be as they are defined. Those of an operator are left alone. */
export interface IndexChanges {
  missing: CollectionIndex[];
  /** Whose name is taken by another index, or which are there under another name. */
  replaced: CollectionIndex[];
  /** Names of what has to go before the others can be made. */
  inTheWay: string[];
  /** Names of indexes that an earlier release made and that are not defined any more. */
  retired: string[];
}

/** @param ours names of indexes that this server, in whatever release, has made */
export function changesOf(
  defined: readonly CollectionIndex[],
  existing: readonly CollectionIndex[],
  ours: readonly string[],
): IndexChanges {
  const changes: IndexChanges = { missing: [], replaced: [], inTheWay: [], retired: [] };
  for (const index of defined) {
    const namesake = existing.find(({ name }) => name === index.name);
    if (namesake && isSame(namesake, index)) continue;
    // MongoDB has no two equal indexes, and queries ask for ours by name.
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

/** What an operator has added, as it can be made again. */
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

/** Makes the new ones before the old ones go, as far as names allow. @throws DatabaseRefused */
export async function applyIndexes(
  collection: Collection,
  { missing, replaced, inTheWay, retired }: IndexChanges,
): Promise<void> {
  await makeIndexes(collection, missing);
  for (const name of inTheWay) await collection.dropIndex(name);
  await makeIndexes(collection, replaced);
  for (const name of retired) await collection.dropIndex(name);
}

/** @throws DatabaseRefused where what is stored does not allow a unique index. */
export async function makeIndexes(
  collection: Collection,
  indexes: readonly CollectionIndex[],
): Promise<void> {
  if (indexes.length === 0) return;
  try {
    await collection.createIndexes([...indexes]);
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    throw new DatabaseRefused(
      `A unique index of "${collection.collectionName}" cannot be made, because documents share what must be ` +
        `unique (${(error as Error).message}): remove the doubles, then start again.`,
    );
  }
}

function isSame(existing: CollectionIndex, defined: CollectionIndex): boolean {
  // The order of the keys matters, which a comparison of objects does not see.
  const keys = (key: object) => JSON.stringify([...(key instanceof Map ? key : Object.entries(key))]);
  return (
    keys(existing.key) === keys(defined.key) && isDeepStrictEqual(optionsOf(existing), optionsOf(defined))
  );
}

/** What distinguishes two indexes with the same keys; what says the same as its absence is left out. */
function optionsOf(index: CollectionIndex): Record<string, unknown> {
  const options = Object.entries(index).filter(([option, value]) => {
    if (['v', 'key', 'name'].includes(option) || value === false) return false;
    return option !== 'collation' || index.collation?.locale !== 'simple';
  });
  return Object.fromEntries(options);
}
