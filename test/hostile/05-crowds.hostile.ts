import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, inject, it } from 'vitest';
import { WebSocket } from 'ws';
import { hireRecruiter } from '../support/accounts.ts';
import { ADMIN, logInAsAdmin } from '../support/administrator.ts';
import { createTask, issueTokens } from '../support/assessment.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { HonestCandidate } from './honest-candidate.ts';
import { startHostileServer } from './hostile-server.ts';

const CROWD = 300;
const FLOOD = 1000;

const tell = (line: string) => appendFileSync(inject('seen'), `hostile: ${line}\n`);

/** @param address as the proxy in front of the server tells it */
const send = ({ url }: ServerProcess, address: string, path: string, body: object, token?: string) =>
  fetch(`${url}/api/v1${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-forwarded-for': address,
      ...(token && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });

/** One of many candidates behind one address. */
class CandidateInCrowd {
  static readonly #address = '203.0.113.1';
  readonly #server: ServerProcess;
  readonly #attempt_id: string;
  #token = '';

  constructor(server: ServerProcess, attempt_id: string) {
    this.#server = server;
    this.#attempt_id = attempt_id;
  }

  /** @throws with the answer if any of it is refused */
  async redeem(token: string): Promise<void> {
    const answer = await send(this.#server, CandidateInCrowd.#address, '/attempts', { token });
    if (answer.status !== 201) throw new Error(`redeeming: ${answer.status} ${await answer.text()}`);
    this.#token = ((await answer.json()) as { access_token: string }).access_token;
  }

  async connect(): Promise<void> {
    const url = `${this.#server.url.replace('http', 'ws')}/ws/attempts/${this.#attempt_id}`;
    const socket = new WebSocket(`${url}?token=${this.#token}&since=0`, {
      headers: { 'x-forwarded-for': CandidateInCrowd.#address },
    });
    const refused = once(socket, 'close').then(([code, reason]) => {
      throw new Error(`connecting: ${code} ${reason}`);
    });
    await Promise.race([once(socket, 'message'), refused]);
    refused.catch(() => undefined);
  }

  async post(event_type: 'task_started' | 'task_abandoned'): Promise<void> {
    const { status } = await send(
      this.#server,
      CandidateInCrowd.#address,
      '/events',
      {
        attempt_id: this.#attempt_id,
        event_type,
        timestamp_client: new Date().toISOString(),
        payload: {},
      },
      this.#token,
    );
    if (status !== 201) throw new Error(`posting: ${status}`);
  }
}

/** How many seconds all of a crowd take, who all begin at once. */
async function secondsOf<T>(crowd: readonly T[], act: (one: T) => Promise<void>): Promise<string> {
  const since = performance.now();
  const outcomes = await Promise.allSettled(crowd.map(act));
  const refused = outcomes.filter(({ status }) => status === 'rejected');
  expect(refused.slice(0, 3), `${refused.length} of ${crowd.length} were refused`).toEqual([]);
  return ((performance.now() - since) / 1000).toFixed(1);
}

it('300 candidates behind one address redeem, connect and post, also right after a restart', async () => {
  const server = await startHostileServer({ TRUST_PROXY: '1' });
  const admin = await logInAsAdmin(server);
  const issued = await issueTokens(admin, await createTask(admin), { count: CROWD });
  const crowd = issued.map(({ token, attempt_id }) => ({
    token,
    candidate: new CandidateInCrowd(server, attempt_id),
  }));
  const first = await secondsOf(crowd, async ({ token, candidate }) => {
    await candidate.redeem(token);
    await candidate.connect();
    await candidate.post('task_started');
  });
  await server.terminate();
  await server.start();
  const second = await secondsOf(crowd, async ({ candidate }) => {
    await candidate.connect();
    await candidate.post('task_abandoned');
  });
  tell(`${CROWD} candidates behind one address: ${first} s, after a restart ${second} s, none refused`);
});

it('1 000 log-ins at once', async () => {
  const server = await startHostileServer({ TRUST_PROXY: '1' });
  const admin = await logInAsAdmin(server);
  await hireRecruiter(admin);
  const honest = await HonestCandidate.start(server, admin);
  const logIn = (address: string, account: object) => send(server, address, '/auth/login', account);

  await honest.isUndisturbedBy(async () => {
    const flood = Promise.all(
      Array.from({ length: FLOOD }, async (_, n) => {
        const account = { email: `victim${n}@example.com`, password: 'harbour-violin-7-moss' };
        const answer = await logIn('198.51.100.1', account);
        await answer.body?.cancel();
        return answer.status;
      }),
    );
    await sleep(200);
    const since = performance.now();
    expect((await logIn('192.0.2.1', ADMIN)).status).toBe(200);
    tell(`an honest log-in meanwhile: ${Math.round(performance.now() - since)} ms`);
    const answers = await flood;
    expect(new Set(answers)).toEqual(new Set([401, 429]));
    tell(`${answers.filter((status) => status === 401).length} of ${FLOOD} passwords were tried`);
  });
  // The administrator's own account was guessed at from many places, and the known one goes on.
  for (let n = 0; n < 40; n++) await logIn(`198.51.100.${n}`, { ...ADMIN, password: `guess number ${n}` });
  expect((await logIn('203.0.113.77', ADMIN)).status).toBe(429);
  expect((await logIn('192.0.2.1', ADMIN)).status).toBe(200);
});
