import { randomBytes, randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { ApiClient } from '../../src/tools/api-client.ts';
import { createAccount, PASSWORD, registerCandidate } from '../support/accounts.ts';
import { logInAsAdmin } from '../support/administrator.ts';
import { createTask, issueTokens } from '../support/assessment.ts';
import { Candidate, redeem } from '../support/candidate.ts';
import { closing } from '../support/live-watcher.ts';
import { selects, starts } from '../support/recorded.ts';
import { HonestCandidate } from './honest-candidate.ts';
import { startHostileServer } from './hostile-server.ts';

/** Few enough that the limit on ids is not met: 3 kinds each time. */
const ROUNDS = 12;

it('a stranger who tries ids, addresses and invitations learns nothing and takes nothing over', async () => {
  const server = await startHostileServer();
  const admin = await logInAsAdmin(server);
  const api = new ApiClient(server.url);
  const honest = await HonestCandidate.start(server, admin);
  const task = await createTask(admin);
  const address = (name: string) => `${name}-${randomUUID()}@example.com`;

  const email = address('victim');
  // It gives a stranger nothing to have registered the victim's address.
  const impostor = await registerCandidate(api, email);
  // One for each way of trying, because their tries are limited.
  const aStranger = async () => (await registerCandidate(api, address('stranger'))).api;
  const reader = await aStranger();
  const logReader = await aStranger();
  const skillsReader = await aStranger();
  const poster = await aStranger();
  const completer = await aStranger();
  const [bound] = await issueTokens(admin, task, { candidate_email: email });
  const [open] = await issueTokens(admin, task);
  const victim = new Candidate(api, await redeem(api, bound?.token ?? '', task));
  await victim.does(starts(0), selects(0, 'A'));
  const staff = address('staff');
  await createAccount(admin, 'recruiter', staff);
  const invited = address('invited');
  await issueTokens(admin, task, { candidate_email: invited });
  const redeemed = address('redeemed');
  const [other] = await issueTokens(admin, task, { candidate_email: redeemed });
  await redeem(api, other?.token ?? '', task);

  const anId = () => randomBytes(12).toString('hex');
  const attempts = {
    missing: anId,
    unredeemed: () => open?.attempt_id ?? '',
    foreign: () => victim.attempt_id,
  };
  const wrong = { password: 'not the password of anybody' };
  const tries: Record<string, Record<string, () => Promise<Response>>> = {
    'a read': each(attempts, (id) => reader.send('GET', `/attempts/${id}`)),
    'a log': each(attempts, (id) => logReader.send('GET', `/attempts/${id}/events`)),
    skills: each(attempts, (id) => skillsReader.send('GET', `/attempts/${id}/skills`)),
    'an event': each(attempts, (id) =>
      poster.send('POST', '/events', victim.body(selects(0, 'B'), { attempt_id: id })),
    ),
    'a completion': each(attempts, (id) => completer.send('POST', `/attempts/${id}/complete`, {})),
    'a log-in': each({ unknown: () => address('nobody'), known: () => staff, invited: () => invited }, (to) =>
      api.send('POST', '/auth/login', { ...wrong, email: to }),
    ),
  };
  const registering = each(
    { free: () => address('free'), invited: () => invited, redeemed: () => redeemed },
    (to) => api.send('POST', '/auth/register', { email: to, password: PASSWORD }),
  );

  await honest.isUndisturbedBy(async () => {
    for (const [what, kinds] of Object.entries(tries)) {
      const seen = new Set<string>();
      const ms = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, [] as number[]]));
      // Few log-ins: they are limited, and that answer is the same for all, too.
      for (let round = 0; round < (what === 'a log-in' ? 3 : ROUNDS); round++) {
        for (const [kind, request] of Object.entries(kinds)) {
          const begun = performance.now();
          const response = await request();
          ms[kind]?.push(performance.now() - begun);
          seen.add(await shapeOf(response));
        }
      }
      expect([...seen], what).toHaveLength(1);
      // The fastest answers, because the machine may be busy. Loading a session or leaving out a hash would show.
      const fastest = Object.values(ms).map((all) => Math.min(...all));
      expect(Math.max(...fastest) - Math.min(...fastest), `${what}: ${fastest} ms`).toBeLessThan(
        what === 'a log-in' ? 60 : 15,
      );
    }
    const shapes = new Set<string>();
    for (const register of Object.values(registering)) shapes.add(await shapeOf(await register()));
    expect([...shapes]).toHaveLength(1);
    expect([...shapes][0]).toMatch(/^\[201/);
    const closings = [];
    for (const id of Object.values(attempts)) closings.push(await closing(impostor.api.watch(id())));
    expect(new Set(closings.map((closed) => JSON.stringify(closed))).size).toBe(1);
  });

  expect(await victim.log()).toHaveLength(2);
  await victim.does(selects(0, 'B'));
});

const each = (
  kinds: Record<string, () => string>,
  request: (of: string) => Promise<Response>,
): Record<string, () => Promise<Response>> =>
  Object.fromEntries(Object.entries(kinds).map(([kind, of]) => [kind, () => request(of())]));

/** Status, headers and body of an answer without what differs between any two: ids, addresses, tokens, times, sizes. */
async function shapeOf(response: Response): Promise<string> {
  const headers = [...response.headers].filter(
    ([name]) => !['date', 'content-length', 'traceparent'].includes(name),
  );
  const text = await response.text();
  const body = text
    .replace(/\b[0-9a-f]{24}\b/g, 'ID')
    .replace(/[\w-]+@example\.com/g, 'ADDRESS')
    .replace(/"(access_token|refresh_token|created_at|trace_id)":"[^"]*"/g, '"$1":"…"');
  return JSON.stringify([response.status, headers, body]);
}
