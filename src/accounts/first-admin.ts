import { randomBytes } from 'node:crypto';
import { type Config, ConfigurationError } from '../config.ts';
import { Refusal } from '../errors.ts';
import { hashPassword, passwordProblems } from './passwords.ts';
import type { UserStore } from './user-store.ts';

/** The administrator's address where none is configured. */
const DEFAULT_ADMIN_EMAIL = 'admin@localhost.localdomain';
/** Bytes of randomness in a password that the server makes: 20 characters. */
const PASSWORD_BYTES = 15;

/**
 * Sees to it at start-up that there is an administrator: the configured one, or, on the embedded engine without
 * configuration and without any administrator, one with a random password that is printed this once.
 * An account that exists keeps the password it has.
 * @throws ConfigurationError where ADMIN_PASSWORD is too weak for a new account, or ADMIN_EMAIL belongs to an
 * account of another role.
 */
export async function ensureFirstAdmin(
  users: UserStore,
  config: Pick<Config, 'firstAdmin'>,
  { embedded, print }: { embedded: boolean; print: (line: string) => void },
): Promise<void> {
  if (config.firstAdmin) return ensureConfigured(users, config.firstAdmin);
  if (!embedded || (await users.hasActiveAdmin())) return;
  const password = randomBytes(PASSWORD_BYTES).toString('base64url');
  await users.create({
    email: DEFAULT_ADMIN_EMAIL,
    password_hash: await hashPassword(password),
    role: 'admin',
  });
  print(`Administrator made: ${DEFAULT_ADMIN_EMAIL}, password ${password} (shown this once; change it).`);
}

async function ensureConfigured(
  users: UserStore,
  { email, password }: { email: string; password: string },
): Promise<void> {
  const existing = await users.findByEmail(email);
  if (!existing) {
    const problems = passwordProblems(password);
    if (problems.length) throw new ConfigurationError(`ADMIN_PASSWORD: ${problems.join('; ')}`);
    const password_hash = await hashPassword(password);
    await users.create({ email, password_hash, role: 'admin' }).catch(ignoreTaken);
  }
  const admin = existing ?? (await users.findByEmail(email));
  if (admin?.role !== 'admin') {
    throw new ConfigurationError(
      `ADMIN_EMAIL: ${email} belongs to a ${admin?.role} account; choose another address`,
    );
  }
}

/** Another process made it in the same moment; what matters is that it is there. */
function ignoreTaken(error: unknown): void {
  if (!(error instanceof Refusal && error.code === 'email_taken')) throw error;
}
