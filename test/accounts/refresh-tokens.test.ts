import { ObjectId } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { refreshTokens } from '../../src/accounts/collections.ts';
import { PASSWORD } from '../support/accounts.ts';
import { openAccountApi } from './account-api.ts';

const api = await openAccountApi();
const refresh = (refresh_token: string) => api.post('/auth/refresh', { refresh_token });
const refreshTokenIn = ({ body }: { body: Record<string, unknown> }) => String(body['refresh_token']);
const DAY_MS = 86_400_000;
const tokens = api.database.collection(refreshTokens);
/** As if the account's tokens had been exchanged this long ago. */
const exchangedAgo = (user_id: string, milliseconds: number) =>
  tokens.updateMany(
    { user_id: new ObjectId(user_id), used_at: { $type: 'date' } },
    { $set: { used_at: new Date(Date.now() - milliseconds) } },
  );

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
    const { refresh: first, user_id } = await api.signIn('reuse@example.org');
    const elsewhere = await api.post('/auth/login', {
      email: 'reuse@example.org',
      password: PASSWORD,
    });
    const second = await refresh(first);
    await exchangedAgo(user_id, 31_000);
    const again = await refresh(first);
    expect([again.status, again.body['code']]).toEqual([401, 'not_authenticated']);
    expect((await refresh(refreshTokenIn(second))).status).toBe(401);
    expect((await refresh(refreshTokenIn(elsewhere))).status).toBe(200);
  });

  it('is exchanged for two tabs at once, and both stay logged in', async () => {
    for (let round = 0; round < 5; round++) {
      const { refresh: first, user_id } = await api.signIn(`tabs-${round}@example.org`);
      const tabs = await Promise.all([refresh(first), refresh(first)]);
      expect(tabs.map(({ status }) => status)).toEqual([200, 200]);
      expect(refreshTokenIn(tabs[0])).not.toBe(refreshTokenIn(tabs[1]));
      await exchangedAgo(user_id, 900_000);
      for (const tab of tabs) {
        const later = await refresh(refreshTokenIn(tab));
        expect(later.status).toBe(200);
        expect((await api.get('/auth/me', String(later.body['access_token']))).status).toBe(200);
      }
    }
  });

  it('is exchanged again after a lost answer', async () => {
    const { refresh: first, user_id } = await api.signIn('lost-answer@example.org');
    await refresh(first);
    await exchangedAgo(user_id, 20_000);
    const second = await refresh(first);
    expect(second.status).toBe(200);
    expect((await refresh(refreshTokenIn(second))).status).toBe(200);
  });

  it('ends its family when it comes again after a successor of it was used', async () => {
    const { refresh: first } = await api.signIn('grandparent@example.org');
    const third = await refresh(refreshTokenIn(await refresh(first)));
    expect(third.status).toBe(200);
    expect((await refresh(first)).status).toBe(401);
    expect((await refresh(refreshTokenIn(third))).status).toBe(401);
  });

  it('is not exchanged again after logging out', async () => {
    const { refresh: first } = await api.signIn('logged-out@example.org');
    await api.post('/auth/logout', { refresh_token: refreshTokenIn(await refresh(first)) });
    expect((await refresh(first)).status).toBe(401);
  });

  it('used many times at once works ten times at most, and its family ends', async () => {
    for (let round = 0; round < 5; round++) {
      const { refresh: token } = await api.signIn(`race-${round}@example.org`);
      const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(token)));
      const winners = answers.filter(({ status }) => status === 200);
      expect(winners.length).toBeLessThanOrEqual(10);
      for (const winner of winners) expect((await refresh(refreshTokenIn(winner))).status).toBe(401);
    }
  });

  it('that an earlier release exchanged has its grace, too', async () => {
    const { refresh: first, user_id } = await api.signIn('earlier@example.org');
    await tokens.updateOne({ user_id: new ObjectId(user_id) }, { $set: { used_at: new Date() } });
    expect((await refresh(first)).status).toBe(200);
    await exchangedAgo(user_id, 31_000);
    expect((await refresh(first)).status).toBe(401);
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
    const stored = await tokens.find().sort({ _id: -1 }).limit(1).next();
    expect(stored?.user_id.toHexString()).toBe(user_id);
    const life = Number(stored?.expires_at) - Number(stored?.created_at);
    expect(life).toBe(30 * DAY_MS);
    await tokens.updateOne({ _id: stored?._id }, { $set: { expires_at: new Date(Date.now() - 1) } });
    expect((await refresh(token)).status).toBe(401);
    expect(await api.refreshTokens.deleteExpired(new Date())).toBe(1);
  });

  it('is refused where it is unknown, an access token or no text', async () => {
    const { access } = await api.signIn('kinds@example.org');
    expect((await refresh('unknown')).status).toBe(401);
    expect((await refresh(access.slice(0, 200))).status).toBe(401);
    expect((await api.post('/auth/refresh', { refresh_token: { $ne: '' } })).status).toBe(422);
  });
});
