import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { RateLimiter } from '../../src/http/rate-limiter.ts';
import { createTask, issueTokens } from '../support/assessment.ts';
import { admitCandidate } from '../support/candidate.ts';
import { eventually } from '../support/eventually.ts';
import { watch } from '../support/live-watcher.ts';
import { problemOf } from '../support/problem.ts';
import { starts, views } from '../support/recorded.ts';
import { ADMIN, startTestServer } from '../support/server.ts';

const server = await startTestServer({ RATE_LIMITS: 'on', TRUST_PROXY: '1' });
const { admin, api, url } = server;
const task = await createTask(admin);

const UNKNOWN = 'f'.repeat(43);
/** Somebody at another address, as reported by a proxy in front of the server. */
const send = (address: string, method: string, path: string, body?: object, forwarded = address) =>
  fetch(`${url}/api/v1${path}`, {
    method,
    headers: { 'x-forwarded-for': forwarded, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
/** How many of `tries` are let through, one after the other. */
async function letThrough(tries: number, attempt: (n: number) => Promise<Response>): Promise<number> {
  let passed = 0;
  for (let n = 0; n < tries; n++) {
    const response = await attempt(n);
    if (response.status !== 429) {
      passed += 1;
      await response.body?.cancel();
      continue;
    }
    expect(await problemOf(response)).toMatchObject({ code: 'too_many_requests' });
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
  }
  return passed;
}

describe('for one address', () => {
  it.each<[string, number, (n: number) => Promise<Response>]>([
    [
      'log-ins',
      30,
      (n) => send('192.0.2.1', 'POST', '/auth/login', { email: `nobody${n}@example.com`, password: 'x' }),
    ],
    ['registrations', 60, (n) => send('192.0.2.2', 'POST', '/auth/register', { email: `n${n}` })],
    ['refreshes', 120, (n) => send('192.0.2.3', 'POST', '/auth/refresh', { refresh_token: `r${n}` })],
    ['validations', 120, (n) => send('192.0.2.4', 'GET', `/tokens/${UNKNOWN}${n}/validate`)],
    ['redemptions', 120, (n) => send('192.0.2.5', 'POST', '/attempts', { token: `t${n}` })],
  ])('there are so many %s: %i', async (_, limit, attempt) => {
    expect(await letThrough(limit + 10, attempt)).toBe(limit);
  });

  it('a forged X-Forwarded-For does not make another one', async () => {
    const guess = (n: number) =>
      send('192.0.2.6', 'GET', `/tokens/${UNKNOWN}x${n}/validate`, undefined, `203.0.113.${n}, 192.0.2.6`);
    expect(await letThrough(130, guess)).toBe(120);
  });

  it('all addresses of one IPv6 network count as one', async () => {
    const guess = (n: number) => send(`2001:db8:1:2::${n}`, 'GET', `/tokens/${UNKNOWN}y${n}/validate`);
    expect(await letThrough(130, guess)).toBe(120);
    expect((await send('2001:db8:1:3::1', 'GET', `/tokens/${UNKNOWN}/validate`)).status).toBe(404);
  });
});

describe('for one account, from whatever address', () => {
  it('there are 10 log-ins a minute, right or wrong, in whatever case it is spelt', async () => {
    const guess = (n: number) =>
      send(`198.51.100.${n}`, 'POST', '/auth/login', {
        email: n % 2 ? 'Victim@example.com' : 'victim@EXAMPLE.com',
        password: `guess ${n}`,
      });
    expect(await letThrough(15, guess)).toBe(10);
  });

  it('another account named beside it does not help', async () => {
    const guess = (n: number) =>
      fetch(`${url}/api/v1/auth/password`, {
        method: 'POST',
        headers: {
          'x-forwarded-for': `198.51.101.${n}`,
          'content-type': 'application/json',
          authorization: `Bearer ${accessToken}`,
        },
        body: JSON.stringify({ email: `other${n}@example.com`, current_password: 'x', new_password: 'y' }),
      });
    const { access_token: accessToken } = (await (
      await send('198.51.101.200', 'POST', '/auth/login', ADMIN)
    ).json()) as { access_token: string };
    expect(await letThrough(15, guess)).toBe(10);
  });

  it('there are 60 redemptions of one token a minute', async () => {
    const redeem = (n: number) => send(`198.51.102.${n}`, 'POST', '/attempts', { token: UNKNOWN });
    expect(await letThrough(65, redeem)).toBe(60);
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

  it('240 a minute from one address are upgraded, and the next is answered with 429', async () => {
    const upgrade = () =>
      fetch(`${url}/ws/attempts/x`, { headers: { 'x-forwarded-for': '192.0.2.9' } }).then((r) => r.status);
    expect(await upgrade()).toBe(404);
    const { WebSocket } = await import('ws');
    const connect = async () => {
      const socket = new WebSocket(`${url.replace('http', 'ws')}/ws/attempts/x`, {
        headers: { 'x-forwarded-for': '192.0.2.9' },
      });
      const outcome = await Promise.race([
        once(socket, 'close').then(([code]) => Number(code)),
        once(socket, 'unexpected-response').then(([, response]) => Number(response.statusCode)),
      ]);
      socket.on('error', () => undefined);
      socket.terminate();
      return outcome;
    };
    const outcomes: number[] = [];
    for (let n = 0; n < 245; n++) outcomes.push(await connect());
    expect(outcomes.filter((outcome) => outcome === 4401)).toHaveLength(240);
    expect(outcomes.slice(240)).toEqual(Array(5).fill(429));
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
