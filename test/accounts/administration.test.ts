import { beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD } from '../support/accounts.ts';
import { openAccountApi } from './account-api.ts';

const api = await openAccountApi();
let admin: Awaited<ReturnType<typeof api.signIn>>;
beforeAll(async () => {
  admin = await api.signIn('admin@example.org', 'admin');
});
const create = (body: object, token = admin.access) =>
  api.post('/users', { password: PASSWORD, ...body }, token);
const actionsOn = async (target_id: unknown) =>
  (await api.get(`/audit?target_id=${target_id}`, admin.access)).body['entries'];

describe('making accounts', () => {
  it.each(['candidate', 'recruiter', 'admin'])('of role %s', async (role) => {
    const { status, body } = await create({ email: `New-${role}@example.org`, role });
    expect(status).toBe(201);
    expect(Object.keys(body).sort()).toEqual(['created_at', 'email', 'is_active', 'role', 'user_id']);
    expect(body).toMatchObject({ email: `new-${role}@example.org`, role });
    expect(await actionsOn(body['user_id'])).toMatchObject([
      { action: 'account_created', actor_id: admin.user_id, target_type: 'user', details: { role } },
    ]);
  });

  it('is for administrators, by the role that the account has now', async () => {
    const recruiter = await api.signIn('recruiter@example.org', 'recruiter');
    expect((await create({ email: 'x@example.org', role: 'admin' }, recruiter.access)).status).toBe(403);
    expect((await api.post('/users', {})).status).toBe(401);
    const forged = api.tokenSigner.signAccessToken({ user_id: recruiter.user_id, role: 'admin' });
    expect((await create({ email: 'x@example.org', role: 'admin' }, forged)).status).toBe(403);
  });

  it('holds to the same rules as registration', async () => {
    expect((await create({ email: 'admin@example.org', role: 'admin' })).body['code']).toBe('email_taken');
    const { body } = await create({ email: 'x', role: 'root', password: 'short', is_active: true });
    const paths = new Set(body.errors?.map(({ path }) => path));
    expect(paths).toEqual(new Set(['email', 'role', 'password', '']));
  });

  it('gives an invited candidate a first password, once, and no other role', async () => {
    const invited = await api.users.findOrCreateCandidate('guest@example.org');
    expect((await create({ email: 'guest@example.org', role: 'recruiter' })).status).toBe(409);
    const { status, body } = await create({ email: 'guest@example.org', role: 'candidate' });
    expect([status, body['user_id']]).toEqual([201, invited.user_id]);
    const login = await api.post('/auth/login', { email: 'guest@example.org', password: PASSWORD });
    expect(login.status).toBe(200);
    expect((await create({ email: 'guest@example.org', role: 'candidate' })).status).toBe(409);
  });
});

describe('deactivation', () => {
  const deactivate = (user_id: string, token = admin.access) =>
    api.post(`/users/${user_id}/deactivate`, {}, token);

  it('stops access, attempt and refresh tokens at once', async () => {
    const user = await api.signIn('leaver@example.org');
    const attempt = { user_id: user.user_id, attempt_id: 'b'.repeat(24) };
    const attemptToken = api.tokenSigner.signAttemptToken({
      ...attempt,
      expires_at: new Date(Date.now() + 60_000),
    });
    expect((await api.get('/auth/me', user.access)).status).toBe(200);
    expect((await api.get('/auth/me', attemptToken)).status).toBe(403);

    const { status, body } = await deactivate(user.user_id);
    expect([status, body['is_active']]).toEqual([200, false]);
    expect((await api.get('/auth/me', user.access)).status).toBe(401);
    expect((await api.get('/auth/me', attemptToken)).status).toBe(401);
    expect((await api.post('/auth/refresh', { refresh_token: user.refresh })).status).toBe(401);
    expect(await actionsOn(user.user_id)).toMatchObject([
      { action: 'account_deactivated', actor_id: admin.user_id },
      { action: 'account_created', actor_id: user.user_id },
    ]);
  });

  it('can be taken back; earlier log-ins stay ended', async () => {
    const user = await api.signIn('returner@example.org');
    await deactivate(user.user_id);
    expect((await api.post(`/users/${user.user_id}/reactivate`, {}, admin.access)).status).toBe(200);
    expect((await api.post('/auth/refresh', { refresh_token: user.refresh })).status).toBe(401);
    const login = await api.post('/auth/login', { email: 'returner@example.org', password: PASSWORD });
    expect(login.status).toBe(200);
  });

  it('is for administrators, on others, who exist', async () => {
    const candidate = await api.signIn('candidate@example.org');
    expect((await deactivate(admin.user_id, candidate.access)).status).toBe(403);
    expect((await deactivate(admin.user_id)).body['code']).toBe('own_account');
    expect((await deactivate('f'.repeat(24))).status).toBe(404);
    expect((await deactivate('not-an-id')).status).toBe(404);
  });

  it('leaves an administrator, even when two deactivate each other', async () => {
    const own = await openAccountApi();
    const [a, b] = [await own.signIn('a@example.org', 'admin'), await own.signIn('b@example.org', 'admin')];
    await Promise.allSettled([
      own.administration.deactivate(a.user_id, b.user_id),
      own.administration.deactivate(b.user_id, a.user_id),
    ]);
    expect(await own.users.hasActiveAdmin()).toBe(true);
  });
});
