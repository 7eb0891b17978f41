import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ApiClient } from '../../src/tools/api-client.ts';
import { ADMIN, logInAsAdmin } from '../support/administrator.ts';
import { createTask, issueToken } from '../support/assessment.ts';
import { atTheEnd } from '../support/at-the-end.ts';
import { admitCandidate, redeem } from '../support/candidate.ts';
import { DatabaseProxy } from '../support/database-proxy.ts';
import { startEngine } from '../support/engine.ts';
import { eventually } from '../support/eventually.ts';
import { watch } from '../support/live-watcher.ts';
import { completes, selects, starts, views } from '../support/recorded.ts';
import { COMPILED, startServerProcess } from '../support/server-process.ts';

/** With the embedded engine both clocks are the same computer's; here each of them can be wrong. */
const { socketPath } = await startEngine();
const database = await DatabaseProxy.start(socketPath);
atTheEnd(() => database.stop());

const DAY = 86_400;
const TWO_DAYS_MS = 2 * DAY * 1000;
const env = { MONGODB_URI: database.uri, ATTEMPT_TTL_SECONDS: String(DAY), TOKEN_TTL_SECONDS: String(DAY) };
const program = ['--import', './test/faults/shifted-date.js', ...COMPILED];
const server = await startServerProcess(env, program);
const staff = await logInAsAdmin(server);
const task = await createTask(staff);
const anybody = new ApiClient(server.url);

/** Sets the server's clock two days forward, or right again. */
async function setClock(expected: 'forward' | 'right'): Promise<void> {
  const before = server.output.split(`set ${expected}`).length;
  process.kill(server.pid, 'SIGHUP');
  await eventually(() => expect(server.output.split(`set ${expected}`).length).toBeGreaterThan(before));
}

/** Longer than a sweep for what has expired takes to come round. */
const NINE_SECONDS = 9000;

it.each([
  ['the server’s clock', { server: true, database: false }],
  ['the database’s clock', { server: false, database: true }],
  ['both clocks', { server: true, database: true }],
])('given %s two days ahead for 9 s, then nothing has expired', async (_, ahead) => {
  const candidate = await admitCandidate(staff, anybody, task);
  await candidate.does(starts(0), selects(0, 'A'));
  const watcher = await watch(candidate.api, candidate.attempt_id);
  const unused = await issueToken(staff, task);
  const session = await anybody.call<{ refresh_token: string }>('POST', '/auth/login', ADMIN);
  await anybody.call('POST', '/auth/refresh', { refresh_token: session.refresh_token });

  if (ahead.server) await setClock('forward');
  if (ahead.database) database.clockAheadMs = TWO_DAYS_MS;
  await sleep(NINE_SECONDS / 2);
  const [during] = await candidate.does(views(0, 'A', 100));
  // The same token once more, as when the answer to the first exchange was lost.
  await anybody.call('POST', '/auth/refresh', { refresh_token: session.refresh_token });
  await sleep(NINE_SECONDS / 2);
  if (ahead.server) await setClock('right');
  database.clockAheadMs = 0;

  expect(Math.abs(Date.parse(during?.timestamp_server ?? '') - Date.now())).toBeLessThan(60_000);
  const admission = await redeem(anybody, unused.token, task);
  expect(admission.attempt_id).toBe(unused.attempt_id);
  expect((await candidate.get()).status).toBe('in_progress');
  await candidate.does(completes(0, 'A'));
  await candidate.locked();
  const statuses = watcher.all('attempt_status').map(({ status }) => status);
  expect(statuses).not.toContain('expired');
});

it('given a server that started while both clocks were two days ahead, then what it expired is opened again', async () => {
  const candidate = await admitCandidate(staff, anybody, task);
  await candidate.does(starts(0), selects(0, 'A'));
  const unused = await issueToken(staff, task);
  const stored = async (attempt_id: string) =>
    (await staff.call<{ status: string }>('GET', `/attempts/${attempt_id}`)).status;

  database.clockAheadMs = TWO_DAYS_MS;
  const other = await startServerProcess({ ...env, CLOCK_AHEAD: 'yes' }, program);
  await eventually(async () => expect(await stored(unused.attempt_id)).toBe('expired'));
  database.clockAheadMs = 0;
  process.kill(other.pid, 'SIGHUP');

  await eventually(async () => expect(await stored(unused.attempt_id)).toBe('pending'));
  await eventually(async () => expect(await stored(candidate.attempt_id)).toBe('in_progress'));
  await redeem(anybody, unused.token, task);
  await candidate.at(other).does(completes(0, 'A'));
});
