import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { RateLimiter } from '../../src/http/rate-limiter.ts';
import { registerCandidate } from '../support/accounts.ts';
import { createTask, issueToken, issueTokens } from '../support/assessment.ts';
import { admitCandidate } from '../support/candidate.ts';
import { eventually } from '../support/eventually.ts';
import { listen, watch } from '../support/live-watcher.ts';
import { problemOf } from '../support/problem.ts';
import { starts, views } from '../support/recorded.ts';
import { startTestServer } from '../support/server.ts';

const server = await startTestServer({ RATE_LIMITS: 'on', TRUST_PROXY: '1' });
const { admin, api, url } = server;
const task = await createTask(admin);

const startOf = (attempt_id: string) => ({
  attempt_id,
  event_type: 'task_started',
  timestamp_client: new Date().toISOString(),
  payload: {},
});
const UNKNOWN = 'f'.repeat(43);
/** Somebody at another address, as reported by a proxy in front of the server. */
const send = (address: string, method: string, path: string, body?: object, forwarded = address) =>
  fetch(`${url}/api/v1${path}`, {
    method,
    headers: { 'x-forwarded-for': forwarded, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
/** As many of one address as are looked up in the same moment. */
const AT_ONCE = 8;
/** How many of `tries`, sent all at once, are let through. */
async function letThrough(tries: number, attempt: (n: number) => Promise<Response>): Promise<number> {
  const answers = await Promise.all(Array.from({ length: tries }, (_, n) => attempt(n)));
  const refused = answers.filter(({ status }) => status === 429);
  for (const response of refused.slice(0, 3)) {
    expect(await problemOf(response)).toMatchObject({ code: 'too_many_requests' });
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
  }
  return tries - refused.length;
}

describe('for one address', () => {
  it('there are 300 wrong tokens, validated or redeemed, whatever is forged in X-Forwarded-For', async () => {
    const forwarded = (n: number) => `203.0.113.${n % 256}, 192.0.2.4${n % 3 ? '' : `:${n + 1024}`}`;
    const guess = (n: number) =>
      n % 2
        ? send('', 'GET', `/tokens/${UNKNOWN}${n}/validate`, undefined, forwarded(n))
        : send('', 'POST', '/attempts', { token: `t${n}` }, forwarded(n));
    const passed = await letThrough(340, guess);
    expect(passed).toBeGreaterThanOrEqual(300);
    expect(passed).toBeLessThan(300 + AT_ONCE);
    const { token } = await issueToken(admin, task);
    expect((await send('192.0.2.4', 'POST', '/attempts', { token })).status).toBe(429);
    expect((await send('192.0.2.5', 'POST', '/attempts', { token })).status).toBe(201);
  });

  it('or IPv6 network there are 300 wrong refresh tokens; logging out is not limited by them', async () => {
    const guess = (n: number) =>
      send(`2001:db8:1:2::${n}`, 'POST', '/auth/refresh', { refresh_token: `r${n}` });
    const passed = await letThrough(340, guess);
    expect(passed).toBeGreaterThanOrEqual(300);
    expect(passed).toBeLessThan(300 + AT_ONCE);
    expect((await send('2001:db8:1:2::1', 'POST', '/auth/logout', { refresh_token: 'r' })).status).toBe(204);
  });
});

it('that an e-mail address has an account is told ten times in ten minutes, to however many networks', async () => {
  const { email } = await registerCandidate(api);
  const account = { email, password: 'harbour-violin-7-moss' };
  const statuses: number[] = [];
  for (let n = 0; n < 12; n += 1) {
    statuses.push((await send(`203.0.113.${n}`, 'POST', '/auth/register', account)).status);
  }
  expect(statuses).toEqual([...Array(10).fill(409), 429, 429]);
  // Nobody else is kept from registering.
  const other = { ...account, email: 'somebody-else@example.com' };
  expect((await send('203.0.113.1', 'POST', '/auth/register', other)).status).toBe(201);
});

it('a class of 150 behind one address redeems, connects and posts, and nobody is refused', async () => {
  const tokens = await issueTokens(admin, task, { count: 150 });
  const answers = await Promise.all(
    tokens.map(async ({ token, attempt_id }) => {
      const redeemed = await send('192.0.2.8', 'POST', '/attempts', { token });
      if (redeemed.status !== 201) return redeemed.status;
      const { access_token } = (await redeemed.json()) as { access_token: string };
      const socket = new WebSocket(
        `${url.replace('http', 'ws')}/ws/attempts/${attempt_id}?token=${access_token}`,
        { headers: { 'x-forwarded-for': '192.0.2.8' } },
      );
      const [first] = (await once(socket, 'message')) as [Buffer];
      socket.terminate();
      expect(JSON.parse(first.toString())).toMatchObject({ type: 'attempt_state' });
      return (await api.as(access_token).send('POST', '/events', startOf(attempt_id))).status;
    }),
  );
  expect(new Set(answers)).toEqual(new Set([201]));
});

describe('for one secret, from whatever address', () => {
  it('there are 60 redemptions of one used token a minute', async () => {
    const { token } = await issueToken(admin, task);
    const first = await send('198.51.102.1', 'POST', '/attempts', { token });
    expect(first.status).toBe(201);
    const redeem = (n: number) => send(`198.51.102.${n % 2}`, 'POST', '/attempts', { token });
    const passed = await letThrough(80, redeem);
    expect(passed).toBeGreaterThanOrEqual(60);
    expect(passed).toBeLessThan(60 + 2 * AT_ONCE);
  });
});

describe("for one candidate's account", () => {
  it('there are 60 ids of others, over HTTP or the live channel, and other candidates go on', async () => {
    const stranger = await registerCandidate(api);
    const other = await registerCandidate(api);
    const known = await admitCandidate(admin, api, task);
    const ids = Array.from({ length: 65 }, (_, n) => n.toString(16).padStart(24, 'f'));
    const guess = (n: number) => stranger.api.send('GET', `/attempts/${n % 2 ? ids[n] : known.attempt_id}`);
    const passed = await letThrough(65, guess);
    expect(passed).toBeGreaterThanOrEqual(60);
    expect(passed).toBeLessThan(60 + AT_ONCE);
    const watcher = listen(stranger.api.watch(known.attempt_id));
    expect((await watcher.closed).code).toBe(4429);
    expect((await other.api.send('GET', `/attempts/${ids[0]}`)).status).toBe(404);
    await known.does(starts(0));
  });
});

describe('for one attempt', () => {
  it('there are 200 events at once, alone or in batches, and another attempt is not touched by it', async () => {
    const other = await admitCandidate(admin, api, task);
    // The 201st event must come within 4 s, which a busy machine may not manage with the first candidate.
    await eventually(async () => {
      const one = await admitCandidate(admin, api, task);
      await one.does(starts(0));
      const batch = { events: Array.from({ length: 99 }, () => one.body(views(0, 'A', 10))) };
      expect((await one.api.send('POST', '/events/batch', batch)).status).toBe(201);
      expect((await one.api.send('POST', '/events/batch', batch)).status).toBe(201);
      expect((await one.post(views(0, 'A', 10))).status).toBe(201);
      const refused = await one.post(views(0, 'A', 10));
      expect((await problemOf(refused)).status).toBe(429);
      expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(4);
      expect(await one.get()).toMatchObject({ sequence_number: 200 });
    });
    await other.does(starts(0));
  });
});

describe('for one caller', () => {
  it('there are 600 reads in 12 s, and another caller is not touched by it', async () => {
    const [one, other] = [await admitCandidate(admin, api, task), await admitCandidate(admin, api, task)];
    const path = `/attempts/${one.attempt_id}`;
    // The reads must come within 12 s, which a busy machine may not manage at first.
    await eventually(async () => {
      let refused: Response | undefined;
      for (let n = 0; n < 20 && refused?.status !== 429; n++) {
        const answers = await Promise.all(Array.from({ length: 50 }, () => one.api.send('GET', path)));
        for (const answer of answers) if (answer.status === 429) refused = answer;
      }
      expect(refused?.status).toBe(429);
      expect(Number(refused?.headers.get('retry-after'))).toBeLessThanOrEqual(12);
    });
    expect((await other.api.send('GET', `/attempts/${other.attempt_id}`)).status).toBe(200);
    await one.does(starts(0));
  });

  it('a large answer counts as many reads', async () => {
    const candidate = await admitCandidate(admin, api, task);
    await candidate.does(starts(0));
    const note = 'x'.repeat(60_000);
    const events = Array.from({ length: 16 }, () => candidate.body(views(0, 'A', 1), { metadata: { note } }));
    expect((await candidate.api.send('POST', '/events/batch', { events })).status).toBe(201);
    const read = () => candidate.api.send('GET', `/attempts/${candidate.attempt_id}/events?limit=16`);
    let answered = 0;
    for (; answered < 60; answered++) {
      const { status, body } = await read();
      await body?.cancel();
      if (status === 429) break;
    }
    expect(answered).toBeLessThan(60);
  });
});

describe('for live connections', () => {
  it('100 messages in 10 s are answered, and the next closes with 4429', async () => {
    const candidate = await admitCandidate(admin, api, task);
    const watcher = await watch(candidate.api, candidate.attempt_id);
    for (let n = 0; n < 101; n++) watcher.send({ type: 'ping' });
    const { code } = await watcher.closed;
    expect([code, watcher.all('pong').length]).toEqual([4429, 100]);
  });

  it('a flood of pings of the protocol ends the connection', async () => {
    const candidate = await admitCandidate(admin, api, task);
    const watcher = await watch(candidate.api, candidate.attempt_id);
    for (let n = 0; n < 200; n++) watcher.socket.ping();
    await watcher.closed;
    expect((await api.send('GET', '/auth/me')).status).toBe(401);
  });
});

describe('the limiter', () => {
  it('lets everything through again in the next span', async () => {
    const limiter = new RateLimiter({ points: 1, seconds: 1 });
    await limiter.take('a');
    await expect(limiter.take('a')).rejects.toMatchObject({ status: 429, details: { retry_after: 1 } });
    await eventually(() => limiter.take('a'));
  });

  it('forgets the keys that were not seen for the longest, so that its memory is bounded', async () => {
    const limiter = new RateLimiter({ points: 1, seconds: 60 }, 2);
    for (const key of ['a', 'b', 'c']) await limiter.take(key);
    await expect(limiter.take('c')).rejects.toMatchObject({ status: 429 });
    await limiter.take('a');
  });
});

it('all can be switched off', async () => {
  const unlimited = await startTestServer();
  const tries = Array.from({ length: 250 }, () => unlimited.api.send('GET', `/tokens/${UNKNOWN}/validate`));
  expect(new Set((await Promise.all(tries)).map(({ status }) => status))).toEqual(new Set([404]));
  expect(await issueTokens(unlimited.admin, await createTask(unlimited.admin))).toHaveLength(1);
});
