import { randomBytes, randomUUID } from 'node:crypto';
import { link, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { ConfigurationError } from './config.ts';
import { closeToOthers, prepareDataDirectory, unusable } from './data-directory.ts';

/** Bytes of randomness in a generated secret. */
const SECRET_BYTES = 48;
/** Minimum length of a secret in bytes: that of the HMAC-SHA256 output (RFC 7518, section 3.2). */
const SECRET_MIN_BYTES = 32;

/** A secret of the server that need not be configured outside production. */
export interface KeptSecret {
  /** The setting that configures it. */
  setting: 'JWT_SECRET' | 'SIGNING_KEY';
  /** The file under the data directory in which it is kept otherwise. */
  file: string;
  /** What happens if the file is deleted. */
  consequence: string;
}

/**
 * The configured secret, or else one that is generated once and kept in a file under the data directory, readable only
 * by its owner.
 * @throws ConfigurationError if the file cannot be read or made, or the secret in it is too short.
 */
export async function loadKeptSecret(
  { setting, file, consequence }: KeptSecret,
  configured: string | undefined,
  dataDirectory: string,
  log: Pick<Logger, 'warn'>,
): Promise<string> {
  if (configured) return configured;
  await prepareDataDirectory(dataDirectory, log);
  const path = join(dataDirectory, file);
  const secret = await readOrMake(path, log).catch((error: unknown) => {
    throw unusable(path, error);
  });
  if (Buffer.byteLength(secret) < SECRET_MIN_BYTES) {
    throw new ConfigurationError(
      `${setting}: ${path} contains fewer than ${SECRET_MIN_BYTES} bytes; delete it to get a new secret (${consequence})`,
    );
  }
  return secret;
}

async function readOrMake(path: string, log: Pick<Logger, 'warn'>): Promise<string> {
  const secret = (await read(path)) ?? (await make(path));
  await closeToOthers(path, 0o600, log);
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
 * Writes a new secret to a draft file, then links it into place, so that nobody ever reads half a secret. If several
 * processes start at once, only one link succeeds, and all processes use that secret.
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
