import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { type Database, type DatabaseOptions, openDatabase } from './connection.ts';
import type { DatabaseSchema } from './definition.ts';

/**
 * Opens the configured MongoDB server or, if none is configured, the embedded engine under the data directory. The
 * engine's code is loaded only in the second case.
 * @throws EmbeddedEngineUnavailable, EmbeddedDirectoryInUse, MongoServerSelectionError, DatabaseRefused
 */
export async function startDatabase(
  config: Pick<Config, 'mongodbUri' | 'mongodbDatabase' | 'dataDirectory'>,
  schema: DatabaseSchema,
  log: Logger,
  options?: DatabaseOptions,
): Promise<Database> {
  const settings = { name: config.mongodbDatabase, schema, log, ...options };
  if (config.mongodbUri) return openDatabase({ ...settings, uri: config.mongodbUri });
  const { superviseEngine } = await import('./embedded/supervisor.ts');
  const engine = await superviseEngine({
    directory: join(config.dataDirectory, 'mongodb'),
    log: (message) => log.warn(message),
  });
  const database = await openDatabase({ ...settings, uri: engine.uri }).catch(async (error: unknown) => {
    await engine.stop();
    throw error;
  });
  return {
    get db() {
      return database.db;
    },
    collection: database.collection,
    reservedCollection: database.reservedCollection,
    availability: database.availability,
    ping: database.ping,
    close: async () => {
      await database.close();
      await engine.stop();
    },
  };
}
