import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, inject, it } from 'vitest';
import { ApiClient } from '../../src/tools/api-client.ts';
import { logInAsAdmin } from '../support/administrator.ts';
import { createTask, issueTokens } from '../support/assessment.ts';
import { atTheEnd } from '../support/at-the-end.ts';
import { DatabaseProxy, isCommand } from '../support/database-proxy.ts';
import { startEngine } from '../support/engine.ts';
import { eventually } from '../support/eventually.ts';
import type { Served } from '../support/served.ts';
import { startServerProcess } from '../support/server-process.ts';
import { note } from './summary.ts';

/** The candidates of a class, who all begin at once. */
const CLASS = 40;

/** One candidate's front end before it has its attempt. */
class Redeemer {
  readonly attempt_id: string;
  readonly #body: { token: string; redemption_id: string };

  constructor({ attempt_id, token }: { attempt_id: string; token: string }) {
    this.attempt_id = attempt_id;
    this.#body = { token, redemption_id: randomUUID() };
  }

  /** @returns undefined if the connection was lost */
  ask(server: Served): Promise<Response | undefined> {
    return new ApiClient(server.url).send('POST', '/attempts', this.#body).catch(() => undefined);
  }

  /** Asks again as long as there is no answer, or one that says "try again". */
  async askUntilAnswered(server: Served): Promise<Response> {
    for (;;) {
      const response = await this.ask(server);
      if (response && response.status < 500) return response;
      await sleep(50);
    }
  }
}

async function aClass(server: Served): Promise<Redeemer[]> {
  const staff = await logInAsAdmin(server);
  const tokens = await issueTokens(staff, await createTask(staff), { count: CLASS });
  return tokens.map((token) => new Redeemer(token));
}

/** Each candidate has exactly the attempt of the own token, and its access token works. */
async function expectAdmitted(server: Served, candidates: readonly Redeemer[], responses: Response[]) {
  for (const [index, { attempt_id }] of candidates.entries()) {
    const response = responses[index];
    const answer = (await response?.json()) as { access_token: string; attempt: { user_id: string } };
    expect(answer).toMatchObject({ attempt: { attempt_id, user_id: attempt_id } });
    const event = { attempt_id, event_type: 'task_started', payload: {} };
    const candidate = new ApiClient(server.url).as(answer.access_token);
    const timestamp_client = new Date().toISOString();
    const posted = await candidate.send('POST', '/events', { ...event, timestamp_client });
    expect(posted.status).toBe(201);
  }
}

it.each(['task_attempts', 'users'])(
  'candidates whose redemption lost the answer of its write into %s have their attempt when they ask again',
  async (collection) => {
    const { socketPath } = await startEngine();
    const proxy = await DatabaseProxy.start(socketPath);
    atTheEnd(() => proxy.stop());
    const server = await startServerProcess({ MONGODB_URI: proxy.uri });
    const candidates = await aClass(server);
    proxy.deafenOn = isCommand('findAndModify', collection);
    note(inject('figures'), { cuts: 1 });
    const first = await Promise.all(candidates.map((candidate) => candidate.ask(server)));
    expect(first.map((response) => response?.status)).toEqual(candidates.map(() => 503));
    proxy.set('pass');
    const responses = await Promise.all(candidates.map((candidate) => candidate.askUntilAnswered(server)));
    await expectAdmitted(server, candidates, responses);
  },
);

it('a class that redeems while the database is killed and restarted has all its attempts', async () => {
  const server = await startServerProcess({});
  const candidates = await aClass(server);
  const wave = candidates.map(async (candidate, index) => {
    await sleep(index * 10);
    return candidate.askUntilAnswered(server);
  });
  await wave[0];
  process.kill(server.enginePid, 'SIGKILL');
  note(inject('figures'), { cuts: 1 });
  await expectAdmitted(server, candidates, await Promise.all(wave));
  await eventually(async () => expect((await fetch(`${server.url}/readyz`)).status).toBe(200));
});
