import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, inject } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';
import { type RunningServer, startServer } from '../../src/server.ts';
import { ApiClient } from '../../src/tools/api-client.ts';

export const ADMIN = { email: 'admin@example.com', password: 'correct horse battery staple' };

/** A server of the test's own with its database, and clients for it. */
export interface TestServer extends RunningServer {
  /** Without credentials. */
  api: ApiClient;
  /** Logged in as the administrator. */
  admin: ApiClient;
}

/**
 * Starts the whole server on a free port with an empty database of the run's engine; it is stopped after the
 * file's tests. Rate limits are off unless `env` says otherwise.
 */
export async function startTestServer(env: Record<string, string> = {}): Promise<TestServer> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'observation-data-'));
  const config = readConfig({
    PORT: '0',
    MONGODB_URI: inject('mongodbUri'),
    MONGODB_DATABASE: `test_${randomUUID().replaceAll('-', '')}`,
    DATA_DIR: dataDirectory,
    ADMIN_EMAIL: ADMIN.email,
    ADMIN_PASSWORD: ADMIN.password,
    RATE_LIMITS: 'off',
    LOG_LEVEL: 'fatal',
    ...env,
  });
  const server = await startServer(config, createLog(config.logLevel), () => undefined);
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= server.stop());
  afterAll(async () => {
    await stop();
    await rm(dataDirectory, { recursive: true, force: true });
  });
  const api = new ApiClient(server.url);
  const { access_token } = await api.call<{ access_token: string }>('POST', '/auth/login', ADMIN);
  return { ...server, stop, api, admin: api.as(access_token) };
}
