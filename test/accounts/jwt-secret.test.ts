import { chmod, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
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

it('given a file that others can read, then it is closed to them, which the log says', async () => {
  const dataDirectory = await temporaryFolder();
  const file = join(dataDirectory, 'jwt-secret');
  const said: string[] = [];
  const log = { warn: (line: unknown) => said.push(String(line)) };
  const secret = await loadJwtSecret({ jwtSecret: undefined, dataDirectory }, log);
  await chmod(file, 0o644);
  expect(await loadJwtSecret({ jwtSecret: undefined, dataDirectory }, log)).toBe(secret);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(said).toEqual([`${file} was open to other users of this computer (mode 0644); it is now 0600.`]);
});

it('given a folder in its place, then that is said in words', async () => {
  const dataDirectory = await temporaryFolder();
  await mkdir(join(dataDirectory, 'jwt-secret'));
  await expect(loadJwtSecret({ jwtSecret: undefined, dataDirectory }, quiet)).rejects.toThrow(
    /jwt-secret cannot be used: a folder is in the place of a file; remove it/,
  );
});
