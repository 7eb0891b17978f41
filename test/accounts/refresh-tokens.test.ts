import { describe, expect, it } from 'vitest';
import { refreshTokens } from '../../src/accounts/collections.ts';
import { PASSWORD } from '../support/accounts.ts';
import { openAccountApi } from './account-api.ts';

const api = await openAccountApi();
const refresh = (refresh_token: string) => api.post('/auth/refresh', { refresh_token });
const refreshTokenIn = ({ body }: { body: Record<string, unknown> }) => String(body['refresh_token']);
const DAY_MS = 86_400_000;

describe('a refresh token', () => {
  it('is exchanged for a new pair that works', async () => {
    const { refresh: first, user_id } = await api.signIn('rotation@example.org');
    const second = await refresh(first);
    expect(second.status).toBe(200);
    expect(second.body['user']).toMatchObject({ user_id });
    const me = await api.get('/auth/me', String(second.body['access_token']));
    expect(me.body['user_id']).toBe(user_id);
    const third = await refresh(refreshTokenIn(second));
    expect(third.status).toBe(200);
    expect(new Set([first, refreshTokenIn(second), refreshTokenIn(third)]).size).toBe(3);
  });

  it('used a second time ends its whole family, and no other', async () => {
    const { refresh: first } = await api.signIn('reuse@example.org');
    const elsewhere = await api.post('/auth/login', {
      email: 'reuse@example.org',
      password: PASSWORD,
    });
    const second = await refresh(first);
    const again = await refresh(first);
    expect([again.status, again.body['code']]).toEqual([401, 'not_authenticated']);
    expect((await refresh(refreshTokenIn(second))).status).toBe(401);
    expect((await refresh(refreshTokenIn(elsewhere))).status).toBe(200);
  });

  it('used many times at once works once at most, and its family ends', async () => {
    for (let round = 0; round < 5; round++) {
      const { refresh: token } = await api.signIn(`race-${round}@example.org`);
      const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(token)));
      const winners = answers.filter(({ status }) => status === 200);
      expect(winners).toHaveLength(1);
      for (const winner of winners) expect((await refresh(refreshTokenIn(winner))).status).toBe(401);
    }
  });

  it('ends with its family on logging out, which can be repeated', async () => {
    const { refresh: first } = await api.signIn('logout@example.org');
    const second = refreshTokenIn(await refresh(first));
    expect((await api.post('/auth/logout', { refresh_token: second })).status).toBe(204);
    expect((await refresh(second)).status).toBe(401);
    expect((await api.post('/auth/logout', { refresh_token: second })).status).toBe(204);
    expect((await api.post('/auth/logout', { refresh_token: 'unknown' })).status).toBe(204);
  });

  it('ends after 30 days, and is cleared away then', async () => {
    const { refresh: token, user_id } = await api.signIn('late@example.org');
    const tokens = api.database.collection(refreshTokens);
    const stored = await tokens.find().sort({ _id: -1 }).limit(1).next();
    expect(stored?.user_id.toHexString()).toBe(user_id);
    const life = Number(stored?.expires_at) - Number(stored?.created_at);
    expect(life).toBe(30 * DAY_MS);
    await tokens.updateOne({ _id: stored?._id }, { $set: { expires_at: new Date(Date.now() - 1) } });
    expect((await refresh(token)).status).toBe(401);
    expect(await api.refreshTokens.deleteExpired()).toBe(1);
  });

  it('is refused where it is unknown, an access token or no text', async () => {
    const { access } = await api.signIn('kinds@example.org');
    expect((await refresh('unknown')).status).toBe(401);
    expect((await refresh(access.slice(0, 200))).status).toBe(401);
    expect((await api.post('/auth/refresh', { refresh_token: { $ne: '' } })).status).toBe(422);
  });
});
