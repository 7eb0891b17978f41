import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../config.ts';
import { createLog } from '../../log.ts';
import { startServer } from '../../server.ts';
import type { StaffAccount } from './staff.ts';

/** Runs `use` with a server on a temporary database, and removes both. @throws EmbeddedEngineUnavailable */
export async function withOwnServer(use: (account: StaffAccount) => Promise<unknown>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'skill-demo-'));
  const email = 'demo@localhost.localdomain';
  const password = randomBytes(15).toString('base64url');
  // Nothing of the environment, so that a demo never writes to the database somebody has in MONGODB_URI.
  const administrator = { ADMIN_EMAIL: email, ADMIN_PASSWORD: password };
  const place = { PORT: '0', HOST: '127.0.0.1', DATA_DIR: directory };
  const config = readConfig({ ...place, ...administrator, LOG_LEVEL: 'error' });
  try {
    const server = await startServer(config, createLog(config.logLevel), () => undefined);
    await use({ url: server.url, email, password }).finally(() => server.stop());
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
