import { join } from 'node:path';
import type { Config } from '../config.ts';
import { type Database, openDatabase } from './connection.ts';

/**
 * The configured MongoDB server, or the embedded engine under the data directory where none is configured.
 * Only then is the engine's code loaded at all.
 * @throws EmbeddedEngineUnavailable, EmbeddedDirectoryInUse, MongoServerSelectionError
 */
export async function startDatabase(
  config: Pick<Config, 'mongodbUri' | 'mongodbDatabase' | 'dataDirectory'>,
  log: (message: string) => void,
): Promise<Database> {
  if (config.mongodbUri) return openDatabase(config.mongodbUri, config.mongodbDatabase);
  const { startEmbeddedEngine } = await import('./embedded/engine.ts');
  const engine = await startEmbeddedEngine({ directory: join(config.dataDirectory, 'mongodb'), log });
  const database = await openDatabase(engine.uri, config.mongodbDatabase);
  return {
    ...database,
    close: async () => {
      await database.close();
      await engine.stop();
    },
  };
}
