import { resolve } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { type Database, type DatabaseOptions, openDatabase } from './connection.ts';
import type { DatabaseSchema } from './definition.ts';
import { EmbeddedEngineUnavailable } from './embedded/unavailable.ts';
import { isUnavailable } from './errors.ts';

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
  const [{ superviseEngine }, { diagnose }] = await Promise.all([
    import('./embedded/supervisor.ts'),
    import('./embedded/diagnosis.ts'),
  ]);
  const directory = resolve(config.dataDirectory, 'mongodb');
  const engine = await superviseEngine({
    directory,
    log: (message) => log.warn(message),
  });
  const database = await openDatabase({ ...settings, uri: engine.uri }).catch(async (error: unknown) => {
    await engine.stop();
    // A damaged file may be noticed only when its collection is opened.
    const exit = isUnavailable(error) ? engine.lastFailure : undefined;
    throw exit ? new EmbeddedEngineUnavailable(await diagnose(directory, exit)) : error;
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
