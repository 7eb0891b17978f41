import { createHash } from 'node:crypto';
import { BSON, type Db } from 'mongodb';
import type { CollectionDefinition, DatabaseSchema } from '../definition.ts';
import { DatabaseRefused } from './database-refused.ts';

/** Contains the record of the applied schema, and the lease of the process that upgrades it. */
export const SCHEMA_COLLECTION = 'database_schema';

/** The schema applied last. Databases written by commit f4514b6 or earlier have no such record. */
export interface SchemaRecord {
  _id: 'schema';
  release: number;
  /** By collection: a fingerprint of validator and indexes, and the names of the indexes that the server created. */
  collections: Record<string, { fingerprint: string; indexes: string[] }>;
}

const records = (db: Db) => db.collection<SchemaRecord>(SCHEMA_COLLECTION);

/** @throws DatabaseRefused if a later release wrote the record. */
export async function readRecord(db: Db, { release }: DatabaseSchema): Promise<SchemaRecord | null> {
  const record = await records(db).findOne({ _id: 'schema' });
  if (record && record.release > release) {
    throw new DatabaseRefused(
      `The database "${db.databaseName}" was written by a later release of this server (its schema release is ` +
        `${record.release}, this server knows ${release}): start that release, or restore an earlier backup.`,
    );
  }
  return record;
}

/** Whether the database already has the schema. */
export function isCurrent(record: SchemaRecord | null, { release, collections }: DatabaseSchema): boolean {
  return (
    record?.release === release &&
    collections.every(
      (definition) => record.collections[definition.name]?.fingerprint === fingerprintOf(definition),
    )
  );
}

export async function writeRecord(
  db: Db,
  before: SchemaRecord | null,
  { release, collections }: DatabaseSchema,
): Promise<void> {
  const applied = collections.map((definition) => [
    definition.name,
    { fingerprint: fingerprintOf(definition), indexes: definition.indexes.map(({ name }) => name) },
  ]);
  await records(db).updateOne(
    { _id: 'schema' },
    { $set: { release, collections: { ...before?.collections, ...Object.fromEntries(applied) } } },
    { upsert: true },
  );
}

/** Changes whenever the validator or an index does. */
export function fingerprintOf({ schema, indexes }: CollectionDefinition): string {
  return createHash('sha256').update(BSON.EJSON.stringify({ schema, indexes })).digest('base64url');
}
