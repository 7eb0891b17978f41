import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { loadJwtSecret } from '../../src/accounts/jwt-secret.ts';
import { ConfigurationError } from '../../src/config.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const quiet = pino({ level: 'silent' });

it('is the configured one, and then nothing is written', async () => {
  const dataDirectory = await temporaryFolder();
  expect(await loadJwtSecret({ jwtSecret: 'configured', dataDirectory }, quiet)).toBe('configured');
  expect(await readdir(dataDirectory)).toEqual([]);
});

it('is made once otherwise, the same for twenty simultaneous starts, and readable by its owner only', async () => {
  const dataDirectory = join(await temporaryFolder(), 'not', 'there', 'yet');
  const load = () => loadJwtSecret({ jwtSecret: undefined, dataDirectory }, quiet);
  const secrets = await Promise.all(Array.from({ length: 20 }, load));
  expect(new Set([...secrets, await load()]).size).toBe(1);
  expect(secrets[0]).toMatch(/^[\w-]{64}$/);
  expect(await readdir(dataDirectory)).toEqual(['jwt-secret']);
  expect((await stat(join(dataDirectory, 'jwt-secret'))).mode & 0o777).toBe(0o600);
});

it('is not taken from a file that was cut short', async () => {
  const dataDirectory = await temporaryFolder();
  await writeFile(join(dataDirectory, 'jwt-secret'), '');
  await expect(loadJwtSecret({ jwtSecret: undefined, dataDirectory }, quiet)).rejects.toThrow(
    ConfigurationError,
  );
});
