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
  expect(await users.findCredentials({ email: 'guest@example.org' })).toBeNull();
});

it('keeps the candidate of an invited address apart from any account with that address, whichever came first', async () => {
  const staff = await users.create({ email: 'r@example.org', password_hash: 'h', role: 'recruiter' });
  const candidate = await users.findOrCreateCandidate('R@example.org');
  expect(candidate).toMatchObject({ email: 'r@example.org', role: 'candidate' });
  expect(candidate.user_id).not.toBe(staff.user_id);

  const invited = await users.findOrCreateCandidate('later@example.org');
  const account = await users.create({ email: 'Later@example.org', password_hash: 'h', role: 'candidate' });
  expect(account.user_id).not.toBe(invited.user_id);
  expect(await users.findOrCreateCandidate('later@example.org')).toEqual(invited);
  await expect(users.setFirstPassword('later@example.org', 'h2')).rejects.toMatchObject({
    code: 'email_taken',
  });
});

it('keeps the candidate of an earlier release, who has the address itself, and lets an account have it', async () => {
  const earlier = async (email: string) => {
    const user_id = new ObjectId();
    const now = new Date();
    const facts = { role: 'candidate', is_active: true, created_at: now, updated_at: now } as const;
    await stored.insertOne({ _id: user_id, email, ...facts });
    return user_id.toHexString();
  };
  const one = await earlier('one@example.org');
  expect((await users.findOrCreateCandidate('one@example.org')).user_id).toBe(one);
  const two = await earlier('two@example.org');
  const account = await users.create({ email: 'two@example.org', password_hash: 'h', role: 'candidate' });
  expect((await users.findOrCreateCandidate('two@example.org')).user_id).toBe(two);
  expect((await users.findCredentials({ email: 'two@example.org' }))?.user).toEqual(account);
  const three = await earlier('three@example.org');
  expect((await users.setFirstPassword('three@example.org', 'h'))?.user_id).toBe(three);
  expect((await users.findCredentials({ email: 'three@example.org' }))?.user.user_id).toBe(three);
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
