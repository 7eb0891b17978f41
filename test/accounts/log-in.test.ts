import { describe, expect, it } from 'vitest';
import { auditLog } from '../../src/audit/collection.ts';
import { PASSWORD } from '../support/accounts.ts';
import { openAccountApi } from './account-api.ts';

const api = await openAccountApi();
const login = (email: string, password = PASSWORD) => api.post('/auth/login', { email, password });

describe('logging in', () => {
  it('gives tokens that stand for the account, whatever the case of the address', async () => {
    const { user_id } = await api.signIn('ada@example.org');
    const { status, body, headers } = await login('ADA@Example.org');
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    const me = await api.get('/auth/me', String(body['access_token']));
    expect(me.status).toBe(200);
    expect(me.body).toEqual(body['user']);
    expect(me.body).toMatchObject({ user_id, email: 'ada@example.org', role: 'candidate' });
  });

  it('says the same of a wrong password, an unknown, an invited and a deactivated account', async () => {
    await api.signIn('known@example.org');
    await api.users.findOrCreateCandidate('invited@example.org');
    const { user_id } = await api.signIn('gone@example.org');
    await api.users.setActive(user_id, false);
    const answers = [
      await login('known@example.org', 'not the password'),
      await login('unknown@example.org'),
      await login('invited@example.org'),
      await login('gone@example.org'),
    ];
    expect(answers[0]?.body['code']).toBe('invalid_credentials');
    for (const { status, body } of answers) {
      expect(status).toBe(401);
      expect(body).toEqual(answers[0]?.body);
    }
  });

  it.each([
    { email: { $gt: '' }, password: PASSWORD },
    { email: 'ada@example.org', password: { $gt: '' } },
    { email: 'ada@example.org', password: 'a'.repeat(2000) },
  ])('refuses what is no text or too long: %#', async (body) => {
    expect((await api.post('/auth/login', body)).status).toBe(422);
  });
});

describe('who am I', () => {
  it('needs credentials', async () => {
    expect((await api.get('/auth/me')).status).toBe(401);
    expect((await api.get('/auth/me', 'nonsense')).status).toBe(401);
  });

  it('is for accounts, not for attempt tokens', async () => {
    const { user_id } = await api.signIn('attempt@example.org');
    const attempt = { user_id, attempt_id: 'b'.repeat(24) };
    const token = api.tokenSigner.signAttemptToken({ ...attempt, expires_at: new Date(Date.now() + 60_000) });
    expect((await api.get('/auth/me', token)).status).toBe(403);
  });
});

describe('changing the password', () => {
  const next = 'lantern-orbit-3-fennel';

  it('needs the current one, ends all log-ins and begins a new one', async () => {
    const { access, refresh, user_id } = await api.signIn('change@example.org');
    const wrong = { current_password: 'not the password', new_password: next };
    expect((await api.post('/auth/password', wrong, access)).body['code']).toBe('invalid_credentials');

    const right = { current_password: PASSWORD, new_password: next };
    const changed = await api.post('/auth/password', right, access);
    expect(changed.status).toBe(200);
    expect((await api.post('/auth/refresh', { refresh_token: refresh })).status).toBe(401);
    const fresh = { refresh_token: changed.body['refresh_token'] };
    expect((await api.post('/auth/refresh', fresh)).status).toBe(200);
    expect((await login('change@example.org')).status).toBe(401);
    expect((await login('change@example.org', next)).status).toBe(200);
    const entry = await api.database.collection(auditLog).findOne({
      target_id: user_id,
      action: 'password_changed',
    });
    expect(entry?.actor_id?.toHexString()).toBe(user_id);
  });

  it('twice at the same moment takes one of the two, and the other is told so', async () => {
    const { access } = await api.signIn('two-changes@example.org');
    const wishes = ['lantern-orbit-3-fennel', 'pebble-orchard-8-quill'];
    const answers = await Promise.all(
      wishes.map((new_password) =>
        api.post('/auth/password', { current_password: PASSWORD, new_password }, access),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 401]);
    for (const [index, password] of wishes.entries()) {
      expect((await login('two-changes@example.org', password)).status).toBe(answers[index]?.status);
    }
  });

  it('holds the new one to the rules', async () => {
    const { access } = await api.signIn('weak@example.org');
    const weak = { current_password: PASSWORD, new_password: 'short' };
    const { status, body } = await api.post('/auth/password', weak, access);
    expect(status).toBe(422);
    expect(body.errors?.[0]?.path).toBe('new_password');
  });
});

it('puts the limits in front of what can be guessed at', async () => {
  const seen: string[] = [];
  const limit = (name: string) => async (_: unknown, next: () => Promise<unknown>) => {
    seen.push(name);
    await next();
  };
  const limits = { volume: limit('volume'), register: limit('register'), refresh: limit('refresh') };
  const limited = await openAccountApi({ limits });
  const nobody = { email: 'nobody@example.org', password: PASSWORD };
  await limited.post('/auth/login', nobody);
  await limited.post('/auth/register', nobody);
  await limited.post('/auth/refresh', { refresh_token: 'none' });
  await limited.post('/auth/password', {});
  expect(seen).toEqual(['volume', 'volume', 'register', 'volume', 'refresh', 'volume']);
});
