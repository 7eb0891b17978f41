import { randomBytes } from 'node:crypto';
import { type Config, ConfigurationError } from '../config.ts';
import { Refusal } from '../errors.ts';
import { hashPassword, passwordProblems } from './passwords.ts';
import type { UserStore } from './user-store.ts';

/** The administrator's address if none is configured. */
const DEFAULT_ADMIN_EMAIL = 'admin@localhost.localdomain';
/** Bytes of randomness in a generated password, which then has 20 characters. */
const PASSWORD_BYTES = 15;

/**
 * Makes sure at start-up that there is an administrator: the configured one, if any. Otherwise, on the embedded
 * engine and if there is no administrator yet, one with a random password that is printed only once.
 * An existing account keeps its password.
 * @throws ConfigurationError if ADMIN_PASSWORD is too weak for a new account, or ADMIN_EMAIL belongs to an
 * account with another role.
 */
export async function ensureFirstAdmin(
  users: UserStore,
  config: Pick<Config, 'firstAdmin'>,
  { embedded, print }: { embedded: boolean; print: (line: string) => void },
): Promise<void> {
  if (config.firstAdmin) {
    const { email } = config.firstAdmin;
    const isNew = await ensureConfigured(users, config.firstAdmin);
    print(
      isNew
        ? `Administrator created: ${email}, with ADMIN_PASSWORD.`
        : `Administrator kept: ${email}, with its password.`,
    );
    return;
  }
  if (!embedded || (await users.hasActiveAdmin())) return;
  const password = randomBytes(PASSWORD_BYTES).toString('base64url');
  await users.create({
    email: DEFAULT_ADMIN_EMAIL,
    password_hash: await hashPassword(password),
    role: 'admin',
  });
  print(`Administrator created: ${DEFAULT_ADMIN_EMAIL}, password ${password} (shown only once; change it).`);
}

/** @returns whether the account is new */
async function ensureConfigured(
  users: UserStore,
  { email, password }: { email: string; password: string },
): Promise<boolean> {
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
  return !existing;
}

/** Another process created the account at the same moment; all that matters is that it exists. */
function ignoreTaken(error: unknown): void {
  if (!(error instanceof Refusal && error.code === 'email_taken')) throw error;
}
