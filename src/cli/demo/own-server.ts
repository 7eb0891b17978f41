import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../config.ts';
import { createLog } from '../../log.ts';
import { startServer } from '../../server.ts';
import type { RemoteServer } from './arguments.ts';

/** A server that is there for one demo. */
export interface OwnServer extends RemoteServer {
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/**
 * Starts a server on a free port with the embedded engine in a temporary folder. Nothing of the environment is
 * passed on, so that a demo never writes to the database somebody has in MONGODB_URI.
 * @throws EmbeddedEngineUnavailable
 */
export async function startOwnServer(): Promise<OwnServer> {
  const directory = await mkdtemp(join(tmpdir(), 'skill-demo-'));
  const remove = () => rm(directory, { recursive: true, force: true });
  const email = 'demo@localhost.localdomain';
  const password = randomBytes(15).toString('base64url');
  const config = readConfig({
    PORT: '0',
    HOST: '127.0.0.1',
    DATA_DIR: directory,
    ADMIN_EMAIL: email,
    ADMIN_PASSWORD: password,
    LOG_LEVEL: 'error',
  });
  try {
    const server = await startServer(config, createLog(config.logLevel), () => undefined);
    const stop = async () => {
      await server.stop();
      await remove();
    };
    return { url: server.url, email, password, stop };
  } catch (error) {
    await remove();
    throw error;
  }
}
