import { type Db, MongoServerError } from 'mongodb';
import type { CollectionDefinition } from './definition.ts';

/** Creates what is missing of every collection, validator and index; safe to run by several processes at once. */
export async function ensureCollections(db: Db, definitions: readonly CollectionDefinition[]): Promise<void> {
  const existing = await db.listCollections({}, { nameOnly: true }).toArray();
  const present = new Set(existing.map(({ name }) => name));
  for (const definition of definitions) {
    if (!present.has(definition.name)) await create(db, definition);
    await db.collection(definition.name).createIndexes([...definition.indexes]);
  }
}

const NAMESPACE_EXISTS = 48;

async function create(db: Db, { name, schema }: CollectionDefinition): Promise<void> {
  try {
    await db.createCollection(name, { validator: { $jsonSchema: schema } });
  } catch (error) {
    const madeByAnotherProcess = error instanceof MongoServerError && error.code === NAMESPACE_EXISTS;
    if (!madeByAnotherProcess) throw error;
  }
}
