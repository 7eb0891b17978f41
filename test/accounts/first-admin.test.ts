import { expect, it } from 'vitest';
import { users as userAccounts } from '../../src/accounts/collections.ts';
import { ensureFirstAdmin } from '../../src/accounts/first-admin.ts';
import { verifyPassword } from '../../src/accounts/passwords.ts';
import { UserStore } from '../../src/accounts/user-store.ts';
import { ConfigurationError } from '../../src/config.ts';
import { email as emailSchema } from '../../src/fields.ts';
import { openTestDatabase } from '../support/database.ts';

const strong = 'harbour-violin-7-moss';

async function installation() {
  const stored = (await openTestDatabase()).collection(userAccounts);
  const users = new UserStore(stored);
  const printed: string[] = [];
  const start = (firstAdmin?: { email: string; password: string }, embedded = true) =>
    ensureFirstAdmin(users, { firstAdmin }, { embedded, print: (line) => printed.push(line) });
  const passwordWorks = async (email: string, password: string) => {
    const credentials = await users.findCredentials({ email });
    return verifyPassword(credentials?.password_hash ?? null, password);
  };
  return { stored, users, printed, start, passwordWorks };
}

it('is made from the configuration, once, and keeps a password that was changed', async () => {
  const { stored, users, printed, start, passwordWorks } = await installation();
  const configured = { email: 'boss@example.org', password: strong };
  await Promise.all([start(configured), start(configured), start(configured)]);
  expect(await users.findByEmail('boss@example.org')).toMatchObject({ role: 'admin', is_active: true });
  await start({ ...configured, password: 'another-strong-password-9' });
  expect(await passwordWorks('boss@example.org', strong)).toBe(true);
  expect(await stored.countDocuments()).toBe(1);
  expect(printed).toHaveLength(4);
  for (const line of printed) expect(line).toMatch(/^Administrator (created|kept): boss@example.org/);
  expect(printed.at(-1)).toBe('Administrator kept: boss@example.org, with its password.');
});

it('is made on the embedded engine with a password that is printed once', async () => {
  const { users, printed, start, passwordWorks } = await installation();
  await start();
  await start();
  expect(printed).toHaveLength(1);
  const [, email = '', password = ''] = /created: (\S+), password (\S+) /.exec(printed[0] ?? '') ?? [];
  expect(emailSchema.parse(email)).toBe(email);
  expect(await passwordWorks(email, password)).toBe(true);
  expect((await users.findByEmail(email))?.role).toBe('admin');
});

it('is not made up on a database of somebody else', async () => {
  const { users, printed, start } = await installation();
  await start(undefined, false);
  expect(await users.hasActiveAdmin()).toBe(false);
  expect(printed).toEqual([]);
});

it('is refused with a readable sentence', async () => {
  const { users, start } = await installation();
  const weak = start({ email: 'boss@example.org', password: 'password1234' });
  await expect(weak).rejects.toThrow(
    new ConfigurationError('ADMIN_PASSWORD: must not be one of the most common passwords'),
  );
  await users.findOrCreateCandidate('guest@example.org');
  await expect(start({ email: 'guest@example.org', password: strong })).rejects.toThrow(
    'ADMIN_EMAIL: guest@example.org belongs to a candidate account; choose another address',
  );
});
