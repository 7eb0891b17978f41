import { randomUUID } from 'node:crypto';
import { afterAll, inject, onTestFinished, TestRunner } from 'vitest';
import { schema } from '../../src/collections.ts';
import { type Database, openDatabase } from '../../src/database/connection.ts';
import { createLog } from '../../src/log.ts';

/** Runs `end` when the test that is running is over, or, outside of one, when the file (or `describe`) is. */
export function atTheEnd(end: () => unknown): void {
  if (TestRunner.getCurrentTest()) onTestFinished(async () => void (await end()));
  else afterAll(async () => void (await end()));
}

/** Opens a new, empty database on the test run's engine. It is dropped and closed at the end by itself. */
export async function openTestDatabase(): Promise<Database> {
  const database = await openDatabase({
    uri: inject('mongodbUri'),
    name: `test_${randomUUID()}`,
    schema,
    log: createLog('silent'),
  });
  atTheEnd(async () => {
    await database.db.dropDatabase();
    await database.close();
  });
  return database;
}
