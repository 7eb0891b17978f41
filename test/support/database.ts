import { randomUUID } from 'node:crypto';
import { afterAll, inject, onTestFinished } from 'vitest';
import { getCurrentTest } from 'vitest/suite';
import { type Database, openDatabase } from '../../src/database/connection.ts';

/**
 * Opens a new, empty database on the test run's engine. It is dropped and closed by itself: when the test
 * is over where a test opens it, when the file (or `describe`) is over where that does.
 */
export async function openTestDatabase(): Promise<Database> {
  const database = await openDatabase(inject('mongodbUri'), `test_${randomUUID()}`);
  const end = async () => {
    await database.db.dropDatabase();
    await database.close();
  };
  if (getCurrentTest()) onTestFinished(end);
  else afterAll(end);
  return database;
}
