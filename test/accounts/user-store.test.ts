import { ObjectId } from 'mongodb';
import { expect, it } from 'vitest';
import { users as userAccounts } from '../../src/accounts/collections.ts';
import { UserStore } from '../../src/accounts/user-store.ts';
import { openTestDatabase } from '../support/database.ts';

const stored = (await openTestDatabase()).collection(userAccounts);
const users = new UserStore(stored);
const fifty = <T>(call: () => Promise<T>) => Promise.all(Array.from({ length: 50 }, call));

it('makes one candidate of fifty simultaneous invitations of an address', async () => {
  const invited = await fifty(() => users.findOrCreateCandidate('Guest@example.org'));
  expect(new Set(invited.map(({ user_id }) => user_id)).size).toBe(1);
  expect(invited[0]).toMatchObject({ email: 'guest@example.org', role: 'candidate', is_active: true });
  const credentials = await users.findCredentials({ email: 'guest@example.org' });
  expect(credentials?.password_hash).toBeNull();
});

it('finds the account that has the address already, whatever its role', async () => {
  const made = await users.create({ email: 'r@example.org', password_hash: 'h', role: 'recruiter' });
  expect(await users.findOrCreateCandidate('R@example.org')).toEqual(made);
});

it('makes one anonymous candidate of fifty simultaneous redemptions, with the id it is given', async () => {
  const user_id = new ObjectId().toHexString();
  const made = await fifty(() => users.ensureAnonymousCandidate(user_id));
  expect(new Set(made.map((user) => JSON.stringify(user))).size).toBe(1);
  expect(made[0]).toMatchObject({ user_id, email: null, role: 'candidate', is_active: true });
  expect(await stored.countDocuments({ _id: new ObjectId(user_id) })).toBe(1);
});

it('keeps any number of anonymous candidates apart', async () => {
  const made = await fifty(() => users.ensureAnonymousCandidate(new ObjectId().toHexString()));
  expect(new Set(made.map(({ user_id }) => user_id)).size).toBe(50);
});
