import { readConfig } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';
import { type RunningServer, startServer } from '../../src/server.ts';
import { ApiClient } from '../../src/tools/api-client.ts';
import { ADMIN, logInAsAdmin } from './administrator.ts';
import { atTheEnd } from './at-the-end.ts';
import { PATIENT, sharedDatabase } from './database.ts';
import { temporaryFolder } from './temporary-folder.ts';

export { ADMIN };

/** A server for one test with its own database, and clients for it. */
export interface TestServer extends RunningServer {
  /** Without credentials. */
  api: ApiClient;
  /** Logged in as the administrator. */
  admin: ApiClient;
}

/**
 * Starts the whole server on a free port with an empty database of the run's engine; it is stopped at the end of
 * the test, or of the file. Rate limits are off unless `env` says otherwise.
 */
export async function startTestServer(env: Record<string, string> = {}): Promise<TestServer> {
  const config = readConfig({
    PORT: '0',
    ...sharedDatabase(),
    DATA_DIR: await temporaryFolder(),
    ADMIN_EMAIL: ADMIN.email,
    ADMIN_PASSWORD: ADMIN.password,
    RATE_LIMITS: 'off',
    LOG_LEVEL: 'fatal',
    ...env,
  });
  const server = await startServer(config, createLog(config.logLevel), () => undefined, PATIENT);
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= server.stop());
  atTheEnd(stop);
  return { ...server, stop, api: new ApiClient(server.url), admin: await logInAsAdmin(server) };
}
