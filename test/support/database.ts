import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import { schema } from '../../src/collections.ts';
import { type Database, type DatabaseOptions, openDatabase } from '../../src/database/connection.ts';
import { createLog } from '../../src/log.ts';
import { atTheEnd } from './at-the-end.ts';
import { PATIENCE_MS } from './patience.ts';

/** The product gives up on its database after 2.5 s, which a busy machine may take. */
export const PATIENT: DatabaseOptions = { patienceMs: PATIENCE_MS };

/** A database name that is unique on the test run's engine. */
export function databaseName(): string {
  return `test_${randomUUID()}`;
}

/** The address of a database, for tests that start several servers on it. */
export function sharedDatabase(): { MONGODB_URI: string; MONGODB_DATABASE: string } {
  return { MONGODB_URI: inject('mongodbUri'), MONGODB_DATABASE: databaseName() };
}

/** Opens a new, empty database on the test run's engine. It is dropped and closed automatically at the end. */
export async function openTestDatabase(): Promise<Database> {
  const database = await openDatabase({
    uri: inject('mongodbUri'),
    name: databaseName(),
    schema,
    log: createLog('silent'),
    ...PATIENT,
  });
  atTheEnd(async () => {
    await database.db.dropDatabase();
    await database.close();
  });
  return database;
}
