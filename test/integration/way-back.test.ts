import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ApiClient } from '../../src/tools/api-client.ts';
import { registerCandidate } from '../support/accounts.ts';
import { createTask, issueTokens } from '../support/assessment.ts';
import { Candidate } from '../support/candidate.ts';
import { sharedDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { closing, watch } from '../support/live-watcher.ts';
import { problemOf } from '../support/problem.ts';
import { completes, selects, starts, views } from '../support/recorded.ts';
import { startTestServer } from '../support/server.ts';

/*
 * A candidate whose front end lost its access: by a lost answer, a reload, a second tab.
 */
const shared = { ...sharedDatabase(), JWT_SECRET: 'two processes that trust each other know one secret' };
const here = await startTestServer(shared);
const there = await startTestServer(shared);
const { admin, api } = here;
const task = await createTask(admin);

interface Redeemed {
  attempt: { attempt_id: string; user_id: string; status: string };
  access_token: string;
  task: object;
  server_time: string;
}

async function aToken(order: object = {}, staff = admin) {
  const [issued] = await issueTokens(staff, task, order);
  if (!issued) throw new Error('no token was issued');
  return issued;
}
const ask = (token: string, redemption_id?: unknown, as: ApiClient = api) =>
  as.send('POST', '/attempts', { token, redemption_id });
async function redeemed(response: Response): Promise<{ answer: Redeemed; candidate: Candidate }> {
  expect(response.status).toBe(201);
  const answer = (await response.json()) as Redeemed;
  const { attempt_id, user_id } = answer.attempt;
  return { answer, candidate: new Candidate(api, { attempt_id, user_id, token: answer.access_token, task }) };
}
async function admitted(staff = admin) {
  const { token, attempt_id } = await aToken({}, staff);
  const { candidate } = await redeemed(await ask(token, randomUUID()));
  return { candidate, attempt_id, path: `/attempts/${attempt_id}/access` };
}
const renew = async (attempt_id: string, as: ApiClient = admin) =>
  as.call<{ attempt_id: string; access_token: string; token_type: string; expires_at: string }>(
    'POST',
    `/attempts/${attempt_id}/access`,
    {},
  );

describe('a redemption with an id', () => {
  it('may be repeated: the same attempt and work, a new access token, and the earlier one goes on', async () => {
    const { token, attempt_id } = await aToken({ candidate_email: 'reload@example.com' });
    const id = randomUUID();
    const before = Date.now();
    const first = await redeemed(await ask(token, id));
    const server_time = Date.parse(first.answer.server_time);
    expect(server_time).toBeGreaterThanOrEqual(before - 1);
    expect(server_time).toBeLessThanOrEqual(Date.now() + 1);
    await first.candidate.does(starts(0), selects(0, 'A'));
    for (const [client, again] of [
      [api, id],
      [there.api, id.toUpperCase()],
    ] as const) {
      const { answer, candidate } = await redeemed(await ask(token, again, client));
      expect(answer).toMatchObject({
        attempt: { attempt_id, user_id: first.answer.attempt.user_id, status: 'in_progress' },
        task: first.answer.task,
      });
      await candidate.does(views(0, 'B', 1));
      expect(await candidate.at(there).get()).toMatchObject({ current_selection: { option_code: 'A' } });
    }
    await first.candidate.does(views(0, 'C', 1));
    expect(await first.candidate.log()).toHaveLength(5);
  });

  it.each([
    ['of nobody in particular', async () => ({ order: {}, as: api })],
    ['of an address', async () => ({ order: { candidate_email: 'twice@example.com' }, as: api })],
    ['of an account', async () => ({ order: {}, as: (await registerCandidate(api)).api })],
  ])('%s, asked for fifty times at once at two servers, makes one attempt for all', async (_, given) => {
    const { order, as } = await given();
    const { token, attempt_id } = await aToken(order);
    const id = randomUUID();
    const all = await Promise.all(
      Array.from({ length: 50 }, async (_each, n) => {
        const client = n % 2 ? as : there.api.as(undefined);
        return redeemed(await ask(token, id, client));
      }),
    );
    expect(new Set(all.map(({ answer }) => answer.attempt.attempt_id))).toEqual(new Set([attempt_id]));
    expect(new Set(all.map(({ answer }) => answer.attempt.user_id)).size).toBe(1);
    await all[0]?.candidate.does(starts(0));
    for (const { candidate } of all.slice(-2)) await candidate.does(views(0, 'A', 1));
  });

  it('of fifty ids at once, one wins, and only its front end may come back', async () => {
    const { token } = await aToken();
    const ids = Array.from({ length: 50 }, () => randomUUID());
    const answers = await Promise.all(ids.map((id) => ask(token, id)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    const again = await Promise.all(ids.map((id) => ask(token, id)));
    expect(again.map(({ status }) => status)).toEqual(answers.map(({ status }) => status));
  });

  it('is over with the completion', async () => {
    const { token, attempt_id } = await aToken();
    const id = randomUUID();
    const { candidate } = await redeemed(await ask(token, id));
    await candidate.does(starts(0), selects(0, 'A'), completes(0, 'A'));
    for (const client of [api, there.api]) {
      const problem = await problemOf(await ask(token, id, client));
      expect(problem).toMatchObject({ status: 409, code: 'attempt_locked', allowed_events: [] });
      expect(problem.detail).toMatch(/is completed/);
    }
    const renewing = await admin.send('POST', `/attempts/${attempt_id}/access`, {});
    expect(await problemOf(renewing)).toMatchObject({ status: 409, code: 'attempt_locked' });
  });
});

/* The sweep comes only every five seconds, so here nothing is expired until somebody asks. */
describe('given an attempt whose time is over', async () => {
  const hasty = await startTestServer({ ATTEMPT_TTL_SECONDS: '4' });
  const hastyTask = await createTask(hasty.admin);
  const issued = await issueTokens(hasty.admin, hastyTask, { count: 6 });
  const id = randomUUID();
  const again = (token: string) => ask(token, id, hasty.api);
  const attempts = await Promise.all(
    issued.map(async ({ token }) => {
      const { candidate } = await redeemed(await again(token));
      const same = new Candidate(hasty.api, { ...candidate, task: hastyTask });
      await same.does(starts(0), selects(0, 'A'));
      return { token, candidate: same };
    }),
  );
  const [unwatched, ...watched] = attempts;
  const watchers = await Promise.all(
    watched.map(({ candidate }) => watch(candidate.api, candidate.attempt_id)),
  );
  const stored = await Promise.all(attempts.map(({ candidate }) => candidate.get()));
  const end = Math.max(...stored.map(({ expires_at }) => Date.parse(String(expires_at))));
  await eventually(() => expect(Date.now()).toBeGreaterThan(end));

  const over = { state: 'expired', allowed_events: [] };
  it.each<[string, (its: { token: string; candidate: Candidate }) => Promise<Response>, object]>([
    ['asks for it', ({ candidate }) => candidate.api.send('GET', `/attempts/${candidate.attempt_id}`), over],
    ['posts an event', ({ candidate }) => candidate.post(views(0, 'A', 1)), over],
    [
      'posts something unreadable',
      ({ candidate }) => candidate.api.send('POST', '/events', { attempt_id: candidate.attempt_id }),
      over,
    ],
    ['redeems again', ({ token }) => again(token), { ...over, code: 'attempt_expired' }],
    [
      'renews its access',
      ({ candidate }) => hasty.admin.send('POST', `/attempts/${candidate.attempt_id}/access`, {}),
      { ...over, code: 'attempt_expired' },
    ],
  ])('when somebody %s, then the first answer says so, and watchers are told', async (_, does, answer) => {
    const its = watched.shift();
    const watcher = watchers.shift();
    if (!its || !watcher) throw new Error('no more attempts');
    expect(await (await does(its)).json()).toMatchObject(answer);
    await watcher.hears('attempt_state', ({ state }) => state === 'expired');
    await watcher.hears('attempt_status', ({ status }) => status === 'expired');
    expect(watcher.all('attempt_state')).toHaveLength(2);
  });

  it('when somebody connects, then the first message says so', async () => {
    if (!unwatched) throw new Error('no attempt');
    const { heard } = await watch(unwatched.candidate.api, unwatched.candidate.attempt_id);
    expect(heard).toMatchObject([{ type: 'attempt_state', data: { ...over, status: 'expired' } }]);
  });
});

describe('renewing the access', () => {
  it('gives the candidate new access; earlier tokens and their sockets end, here at once', async () => {
    const { candidate, attempt_id } = await admitted();
    await candidate.does(starts(0));
    const before = await watch(candidate.api, attempt_id);
    const staff = await watch(admin, attempt_id);
    const { expires_at } = await candidate.get();
    const renewed = await renew(attempt_id);
    before.send({ type: 'ping' });
    expect(renewed).toEqual({
      attempt_id,
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_at,
    });
    expect((await candidate.post(views(0, 'A', 1))).status).toBe(401);
    for (const path of ['', '/events', '/metrics', '/skills']) {
      expect((await candidate.api.send('GET', `/attempts/${attempt_id}${path}`)).status).toBe(401);
    }
    expect((await candidate.api.send('GET', `/tasks/${task.task_id}`)).status).toBe(401);
    expect(await before.closed).toMatchObject({ code: 4401 });
    expect(before.all('pong'), 'the socket was still served').toEqual([]);
    expect(await closing(candidate.api.watch(attempt_id))).toMatchObject({ code: 4401 });

    const back = candidate.with(renewed.access_token);
    await back.does(views(0, 'A', 1));
    expect((await back.api.send('GET', `/tasks/${task.task_id}`)).status).toBe(200);
    await watch(back.api, attempt_id);
    await staff.hears('event_ack');
    expect(await candidate.with(renewed.access_token).log()).toHaveLength(2);
  });

  it('reaches other servers within seconds, where the attempt is loaded and watched', async () => {
    const { candidate, attempt_id } = await admitted();
    await candidate.does(starts(0));
    const elsewhere = candidate.at(there);
    const watcher = await watch(elsewhere.api, attempt_id);
    await elsewhere.does(views(0, 'A', 1));
    const renewed = await renew(attempt_id);
    await elsewhere.with(renewed.access_token).does(views(0, 'A', 1));
    await eventually(async () => expect((await elsewhere.post(views(0, 'A', 1))).status).toBe(401));
    expect(await watcher.closed).toMatchObject({ code: 4401 });
    await elsewhere.with(renewed.access_token).does(views(0, 'A', 1));
  });

  it('may be done again and again, at the same moment too; the last one stands', async () => {
    const { candidate, attempt_id } = await admitted();
    const renewals = await Promise.all(Array.from({ length: 5 }, () => renew(attempt_id)));
    const last = await renew(attempt_id);
    for (const { access_token } of renewals) {
      expect((await candidate.with(access_token).post(starts(0))).status).toBe(401);
    }
    await candidate.with(last.access_token).does(starts(0));
  });

  it('needs a redeemed attempt', async () => {
    const { attempt_id } = await aToken();
    const refused = async (id: string) => problemOf(await admin.send('POST', `/attempts/${id}/access`, {}));
    expect(await refused(attempt_id)).toMatchObject({ status: 409, code: 'attempt_not_redeemed' });
    expect(await refused('f'.repeat(24))).toMatchObject({ status: 404, code: 'not_found' });
    expect((await refused('nonsense')).status).toBe(422);
  });
});

describe('tokens for one address', () => {
  const issuing = (order: object) =>
    admin.call<{ tokens: { token: string; attempt_id: string }[]; revoked: string[] }>(
      'POST',
      '/tokens/generate',
      { task_id: task.task_id, ...order },
    );

  it('replace each other: the newest is usable, and the answer says which ones no longer are', async () => {
    const order = { candidate_email: 'Forgetful@Example.com' };
    const { tokens: first, revoked: none } = await issuing(order);
    expect(none).toEqual([]);
    const { tokens: second, revoked } = await issuing({ ...order, candidate_email: 'forgetful@example.com' });
    expect(revoked).toEqual(first.map(({ attempt_id }) => attempt_id));
    const otherTask = await createTask(admin);
    expect((await issuing({ ...order, task_id: otherTask.task_id })).revoked).toEqual([]);
    expect((await problemOf(await ask(first[0]?.token ?? ''))).code).toBe('token_revoked');
    await redeemed(await ask(second[0]?.token ?? ''));
  });

  it('issued at the same moment leave exactly one', async () => {
    const order = { candidate_email: 'many@example.com' };
    const issued = await Promise.all(Array.from({ length: 10 }, () => issuing(order)));
    const statuses = await Promise.all(
      issued.map(
        async ({ tokens }) => (await api.send('GET', `/tokens/${tokens[0]?.token}/validate`)).status,
      ),
    );
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  });

  it('are refused when they are issued, not to the candidate, once one was redeemed', async () => {
    const order = { candidate_email: 'done@example.com' };
    const id = randomUUID();
    const { token } = await aToken(order);
    const { candidate } = await redeemed(await ask(token, id));
    const refuse = async () =>
      problemOf(await admin.send('POST', '/tokens/generate', { task_id: task.task_id, ...order }));
    const problem = await refuse();
    expect(problem).toMatchObject({ status: 409, code: 'already_attempted' });
    expect(problem.detail).toContain(`/attempts/${candidate.attempt_id}/access`);
    // Nothing of this was in the candidate's way.
    const again = await redeemed(await ask(token, id));
    await again.candidate.does(starts(0), selects(0, 'A'), completes(0, 'A'));
    expect((await refuse()).code).toBe('already_attempted');
  });
});

describe('a stale header', () => {
  it.each(['Bearer undefined', 'Bearer ', '', 'Bearer a.b.c'])(
    '"%s" keeps nobody from a call that needs none',
    async (authorization) => {
      const account = await registerCandidate(api);
      const call = (method: string, path: string, body?: object) =>
        fetch(`${here.url}${path}`, {
          method,
          headers: { authorization, 'content-type': 'application/json' },
          ...(body && { body: JSON.stringify(body) }),
        });
      const bound = await aToken({ candidate_email: account.email });
      for (const path of [`/api/v1/tokens/${bound.token}/validate`, '/healthz', '/readyz', '/machines'])
        expect((await call('GET', path)).status).toBe(200);
      const redeeming = await call('POST', '/api/v1/attempts', { token: bound.token });
      // Nobody is logged in, so the attempt is that of whoever presents the token, not of the account.
      expect(redeeming.status).toBe(201);
      expect(await redeeming.json()).not.toMatchObject({ attempt: { user_id: account.user_id } });
    },
  );

  it('of another attempt, or of an access that was renewed, counts as none', async () => {
    const { candidate, attempt_id } = await admitted();
    const one = await redeemed(await ask((await aToken()).token, undefined, candidate.api));
    expect(one.answer.attempt.user_id).not.toBe(candidate.user_id);
    await renew(attempt_id);
    await redeemed(await ask((await aToken()).token, undefined, candidate.api));
  });
});
