import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type Config, ConfigurationError } from '../config.ts';

/** Bytes of randomness in a secret that the server makes itself. */
const SECRET_BYTES = 48;
/** Bytes a secret has at least: as many as the HMAC-SHA256 it keys (RFC 7518, section 3.2). */
const SECRET_MIN_BYTES = 32;

/**
 * The secret that signs tokens: the configured one, otherwise one that is made once and kept in
 * `jwt-secret` under the data directory, readable by its owner only.
 * @throws ConfigurationError where the kept one was cut short.
 */
export async function loadJwtSecret(config: Pick<Config, 'jwtSecret' | 'dataDirectory'>): Promise<string> {
  if (config.jwtSecret) return config.jwtSecret;
  await mkdir(config.dataDirectory, { recursive: true });
  const path = join(config.dataDirectory, 'jwt-secret');
  const secret = (await read(path)) ?? (await make(path));
  if (Buffer.byteLength(secret) < SECRET_MIN_BYTES) {
    throw new ConfigurationError(
      `JWT_SECRET: ${path} holds less than ${SECRET_MIN_BYTES} bytes; delete it to get a new secret (everybody has to log in again)`,
    );
  }
  return secret;
}

async function read(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Writes a new secret beside its place, then links it there: nobody ever reads half of it, and of several
 * processes that start at once one's link succeeds and all use that one's secret.
 */
async function make(path: string): Promise<string> {
  const draft = `${path}.${randomUUID()}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(`${randomBytes(SECRET_BYTES).toString('base64url')}\n`);
    await file.sync();
    await link(draft, path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    await file.close();
    await unlink(draft);
  }
  return (await readFile(path, 'utf8')).trim();
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;
