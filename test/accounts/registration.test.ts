import { describe, expect, it } from 'vitest';
import { refreshTokens, users } from '../../src/accounts/collections.ts';
import { PASSWORD } from '../support/accounts.ts';
import { openAccountApi } from './account-api.ts';

const api = await openAccountApi();
const register = (body: unknown) => api.post('/auth/register', body);

describe('registration', () => {
  it('makes a candidate and logs in', async () => {
    const { status, body, headers } = await register({ email: 'Ada@Example.org', password: PASSWORD });
    expect(status).toBe(201);
    expect(body).toEqual({
      user: {
        user_id: expect.stringMatching(/^[0-9a-f]{24}$/),
        email: 'ada@example.org',
        role: 'candidate',
        is_active: true,
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      },
      access_token: expect.any(String),
      refresh_token: expect.stringMatching(/^[\w-]{43}$/),
      token_type: 'Bearer',
      expires_in: 900,
    });
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('never makes another role, even when asked', async () => {
    const { body } = await register({ email: 'eve@example.org', password: PASSWORD, role: 'admin' });
    expect(body['user']).toMatchObject({ role: 'candidate' });
    expect((await api.users.findByEmail('eve@example.org'))?.role).toBe('candidate');
  });

  it('lets exactly one of twenty simultaneous registrations have an address, whatever its case', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        register({ email: n % 2 ? 'TWIN@example.org' : 'twin@Example.ORG', password: PASSWORD }),
      ),
    );
    const refused = answers.filter(({ status }) => status !== 201);
    expect(refused).toHaveLength(19);
    for (const { status, body } of refused) {
      expect({ status, code: body['code'] }).toEqual({ status: 409, code: 'email_taken' });
    }
  });

  it('does not tell whether an address was invited, and gives nothing of the invited candidate', async () => {
    const invited = await api.users.findOrCreateCandidate('invited@example.org');
    const answers = [];
    for (const email of ['invited@example.org', 'stranger@example.org']) {
      const { status, body } = await register({ email, password: PASSWORD });
      answers.push([status, Object.keys(body), Object.keys(body['user'] as object)]);
      expect(body['user']).toMatchObject({ email });
      expect((body['user'] as { user_id: string }).user_id).not.toBe(invited.user_id);
    }
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]?.[0]).toBe(201);
  });

  it('names everything that is wrong at once', async () => {
    const { status, body } = await register({ email: 'nobody', password: 'password' });
    expect(status).toBe(422);
    expect(body.errors).toEqual([
      { path: 'email', message: 'must be an e-mail address' },
      { path: 'password', message: 'must have at least 12 characters' },
      { path: 'password', message: 'must not be one of the most common passwords' },
    ]);
  });

  it.each([
    [{ email: { $gt: '' }, password: PASSWORD }],
    [{ email: 'a@example.org', password: { $ne: null } }],
    [{ email: ['a@example.org'], password: PASSWORD }],
    [{ email: `${'a'.repeat(250)}@example.org`, password: PASSWORD }],
    [{ email: 'a@example.org' }],
    [[]],
    [null],
  ])('refuses %j', async (body) => {
    expect((await register(body)).status).toBe(422);
  });

  it('stores neither the password nor the refresh token', async () => {
    const email = 'stored@example.org';
    const { refresh } = await api.signIn(email);
    const stored = JSON.stringify([
      await api.database.collection(users).findOne({ email }),
      await api.database.collection(refreshTokens).find().toArray(),
    ]);
    expect(stored).toContain('$argon2id$v=19$m=19456,t=2,p=1$');
    expect(stored).not.toContain(PASSWORD);
    expect(stored).not.toContain(refresh);
  });
});
