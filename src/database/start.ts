import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { type Database, type DatabaseOptions, openDatabase } from './connection.ts';

/**
 * The configured MongoDB server, or the embedded engine under the data directory where none is configured.
 * Only then is the engine's code loaded at all.
 * @throws EmbeddedEngineUnavailable, EmbeddedDirectoryInUse, MongoServerSelectionError
 */
export async function startDatabase(
  config: Pick<Config, 'mongodbUri' | 'mongodbDatabase' | 'dataDirectory'>,
  log: Logger,
  options?: DatabaseOptions,
): Promise<Database> {
  if (config.mongodbUri) return openDatabase(config.mongodbUri, config.mongodbDatabase, log, options);
  const { superviseEngine } = await import('./embedded/supervisor.ts');
  const engine = await superviseEngine({
    directory: join(config.dataDirectory, 'mongodb'),
    log: (message) => log.warn(message),
  });
  const database = await openDatabase(engine.uri, config.mongodbDatabase, log, options);
  return {
    ...database,
    close: async () => {
      await database.close();
      await engine.stop();
    },
  };
}
