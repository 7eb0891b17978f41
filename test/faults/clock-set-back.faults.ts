import { expect, it } from 'vitest';
import { ApiClient } from '../../src/tools/api-client.ts';
import { logInAsAdmin } from '../support/administrator.ts';
import { createTask } from '../support/assessment.ts';
import { admitCandidate } from '../support/candidate.ts';
import { startEngine } from '../support/engine.ts';
import { eventually } from '../support/eventually.ts';
import { watch } from '../support/live-watcher.ts';
import { completes, selects, starts, views } from '../support/recorded.ts';
import { COMPILED, startServerProcess } from '../support/server-process.ts';

const { uri } = await startEngine();
const server = await startServerProcess({ MONGODB_URI: uri, RATE_LIMITS: 'on' }, [
  '--import',
  './test/faults/shifted-date.js',
  ...COMPILED,
]);
const staff = await logInAsAdmin(server);
const task = await createTask(staff);
const anybody = new ApiClient(server.url);

async function setClockBack(): Promise<void> {
  const before = server.output.split('set back').length;
  process.kill(server.pid, 'SIGUSR2');
  await eventually(() => expect(server.output.split('set back').length).toBeGreaterThan(before));
}

/** Resolves after so many milliseconds on this process's clock, which nobody sets back. */
const elapse = (ms: number) => {
  const end = performance.now() + ms;
  return expect.poll(() => performance.now(), { timeout: ms + 5000 }).toBeGreaterThan(end);
};

it('given a clock that is set back while a candidate decides, then results come at once and the times are true', async () => {
  const candidate = await admitCandidate(staff, anybody, task);
  await candidate.does(starts(0));
  await setClockBack();
  await elapse(3000);
  await candidate.does(selects(0, 'A'));
  const since = performance.now();
  await candidate.does(completes(0, 'A'));
  await candidate.locked();
  const { time_metrics } = await candidate.results<{ time_metrics: { first_decision_speed_ms: number } }>(
    'metrics',
  );
  expect(performance.now() - since).toBeLessThan(5000);
  expect(time_metrics.first_decision_speed_ms).toBeGreaterThan(2900);
});

it('given a clock that is set back, then events with the right time are still accepted', async () => {
  const candidate = await admitCandidate(staff, anybody, task);
  await setClockBack();
  await candidate.does(starts(0), views(0, 'A', 100));
});

it('given a clock that is set back while a socket is open, then it is not closed as too chatty', async () => {
  const candidate = await admitCandidate(staff, anybody, task);
  const watcher = await watch(candidate.api, candidate.attempt_id);
  // 7 a second: 70 in 10 s are allowed, but not 175 in the 25 s that the wall clock would make of it.
  let sent = 0;
  const begun = performance.now();
  while (sent < 130) {
    watcher.send({ type: 'ping' });
    sent += 1;
    if (sent === 5) await setClockBack();
    await elapse(Math.max(0, sent * 143 - (performance.now() - begun)));
  }
  await eventually(() => expect(watcher.all('pong')).toHaveLength(sent));
}, 60_000);

it('given a clock that is set back, then who is too fast is told to wait for what is left of the span', async () => {
  const candidate = await admitCandidate(staff, anybody, task);
  const events = [starts(0), ...Array(99).fill(views(0, 'A', 1))].map((step) => candidate.body(step));
  await candidate.api.call('POST', '/events/batch', { events });
  await setClockBack();
  const statuses: Response[] = [];
  for (let n = 0; n < 2; n += 1) statuses.push(await candidate.api.send('POST', '/events/batch', { events }));
  expect(statuses.at(-1)?.status).toBe(429);
  expect(Number(statuses.at(-1)?.headers.get('retry-after'))).toBeLessThanOrEqual(4);
});
