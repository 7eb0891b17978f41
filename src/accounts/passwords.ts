import { hash, verify } from '@node-rs/argon2';
import { isCommonPassword } from './common-passwords.ts';

/** Minimum length of a password in characters (Unicode code points). */
export const PASSWORD_MIN_CHARACTERS = 12;
/** Maximum length of a password in bytes (UTF-8): enough for any passphrase, and hashing stays cheap. */
const PASSWORD_MAX_BYTES = 256;

/**
 * argon2id with 19 MiB of memory, 2 passes and 1 lane, the least that OWASP recommends
 * (Password Storage Cheat Sheet, "Argon2id"). One hash takes about 25 ms, in libuv's thread pool.
 */
const ARGON2ID = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Matches no password, but has the parameters of a real hash, so that checking against it takes as long. */
const NOBODYS_HASH = `$argon2id$v=19$m=${ARGON2ID.memoryCost},t=${ARGON2ID.timeCost},p=${ARGON2ID.parallelism}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

/** Everything that is wrong with a new password, each phrased to follow "The password …". */
export function passwordProblems(password: string): string[] {
  const normalized = normalize(password);
  const problems: string[] = [];
  if ([...normalized].length < PASSWORD_MIN_CHARACTERS) {
    problems.push(`must have at least ${PASSWORD_MIN_CHARACTERS} characters`);
  }
  if (Buffer.byteLength(normalized) > PASSWORD_MAX_BYTES) {
    problems.push(`must have at most ${PASSWORD_MAX_BYTES} bytes`);
  } else if (isCommonPassword(normalized)) {
    problems.push('must not be one of the most common passwords');
  }
  return problems;
}

/** @returns the hash in PHC format, which contains its parameters and a fresh salt. */
export const hashPassword = (password: string): Promise<string> => hash(normalize(password), ARGON2ID);

/**
 * Whether `password_hash` was made from `password`. Null (no account, or an account without a password) matches
 * nothing but takes as long, so that the timing does not reveal which addresses have accounts.
 */
export async function verifyPassword(password_hash: string | null, password: string): Promise<boolean> {
  const matches = await verify(password_hash ?? NOBODYS_HASH, normalize(password));
  return matches && password_hash !== null;
}

/** Keyboards encode "é" differently, so NIST SP 800-63B asks for NFKC or NFKD before hashing. */
const normalize = (password: string): string => password.normalize('NFKC');
