import { expect, inject, it } from 'vitest';
import { logInAsAdmin } from '../support/administrator.ts';
import { startEngine } from '../support/engine.ts';
import { eventually } from '../support/eventually.ts';
import { startServerProcess } from '../support/server-process.ts';
import { Load } from './load.ts';
import { admitCandidates, type PersistentCandidate } from './persistent-candidate.ts';
import { Random, SEED } from './random.ts';
import { ReturningWatcher } from './returning-watcher.ts';
import { note } from './summary.ts';
import { expectAllTold, expectNothingLost, expectResults } from './verify.ts';

/** Milliseconds within which the other server must show an event. */
const SEEN_MS = 500;

const random = new Random(SEED);
const { uri } = await startEngine();
const env = { MONGODB_URI: uri, MONGODB_DATABASE: 'shared' };
const a = await startServerProcess(env);
const staff = await logInAsAdmin(a);

it('a watcher at A sees what is posted to B at once, also to a B that has just started', async () => {
  const [candidate] = (await admitCandidates(a, 1, staff)) as [PersistentCandidate];
  await candidate.sendUntilAnswered(a, candidate.next(random));
  const watcher = new ReturningWatcher(candidate).connect(a);
  await eventually(() => expect(watcher.last).toBe(1));
  const b = await startServerProcess(env);
  const latencies: number[] = [];
  for (let n = 0; n < 60; n++) {
    const outcome = await candidate.sendUntilAnswered(b, candidate.view(random));
    const answered = Date.now();
    if (outcome.kind !== 'acknowledged') throw new Error(JSON.stringify(outcome));
    await eventually(() => expect(watcher.last).toBe(outcome.sequence_number), { everyMs: 2 });
    latencies.push(Math.max(0, (watcher.acks.at(-1)?.at ?? 0) - answered));
    // A random moment within the interval at which A looks.
    await new Promise((resolve) => setTimeout(resolve, random.below(200)));
  }
  note(inject('figures'), { remoteMs: latencies, acknowledged: candidate.acknowledged.length });
  const late = latencies.filter((ms) => ms > SEEN_MS);
  // Other work on the machine may delay single events.
  expect(late.length, JSON.stringify(latencies)).toBeLessThanOrEqual(2);
  expect(latencies[0]).toBeLessThanOrEqual(4 * SEEN_MS);
  expect(watcher.complaints).toEqual([]);
  watcher.disconnect();
  await b.terminate();
});

it('events posted to either at random are stored once, gapless and legal as a whole', async () => {
  const b = await startServerProcess(env);
  const candidates = await admitCandidates(a, 8, staff);
  const watchers = candidates.flatMap((candidate) => [
    new ReturningWatcher(candidate).connect(a),
    new ReturningWatcher(candidate).connect(b),
  ]);
  for (const candidate of candidates) await candidate.sendUntilAnswered(a, candidate.next(random));
  for (let round = 0; round < 12; round++) {
    await Promise.all(
      candidates.flatMap((candidate) => {
        // Three requests at once for one attempt, the last of them to both servers.
        const [one, two, three] = [
          candidate.view(random),
          candidate.selection(random),
          candidate.view(random),
        ];
        return [
          candidate.sendUntilAnswered(random.pick([a, b]), one),
          candidate.sendUntilAnswered(random.pick([a, b]), two),
          candidate.sendUntilAnswered(a, three),
          candidate.sendUntilAnswered(b, three),
        ];
      }),
    );
  }
  const load = new Load(candidates, [a, b]);
  await load.progress(300);
  await load.stop();
  // Whatever was selected last, both servers are asked to complete, and both give the same answer.
  for (const { attempt_id, token } of candidates) {
    const asOwner = staff.as(token);
    const servers = [a, b].map(({ url }) =>
      fetch(`${url}/api/v1/attempts/${attempt_id}/complete`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
      }),
    );
    const statuses = (await Promise.all(servers)).map(({ status }) => status).sort();
    expect(statuses, await (await asOwner.send('GET', `/attempts/${attempt_id}`)).text()).toEqual([201, 409]);
  }
  for (const candidate of candidates) {
    const log = await staff.call<{ events: { client_event_id?: string }[] }>(
      'GET',
      `/attempts/${candidate.attempt_id}/events?limit=500`,
    );
    // The completion has no `client_event_id`.
    if (log.events.some(({ client_event_id }) => client_event_id === undefined)) candidate.sent.add('');
  }
  const logs = await expectNothingLost(staff, candidates);
  await expectAllTold(watchers, logs);
  await expectResults(staff, candidates);
  for (const watcher of watchers) {
    await eventually(() => expect(watcher.others.some(({ type }) => type === 'metrics_ready')).toBe(true));
    watcher.disconnect();
  }
});

it('when one is killed under load, the other goes on and finishes what it left undone', async () => {
  const b = await startServerProcess(env);
  const candidates = await admitCandidates(a, 10, staff);
  for (const candidate of candidates) {
    await candidate.sendUntilAnswered(b, candidate.next(random));
    await candidate.sendUntilAnswered(b, candidate.selection(random));
  }
  const completions = candidates.map((candidate) => ({ candidate, event: candidate.completion() }));
  const posted = completions.map(({ candidate, event }) => candidate.send(b, event));
  await Promise.race(posted);
  await b.kill();
  note(inject('figures'), { kills: 1 });
  await Promise.all(posted);
  for (const { candidate, event } of completions) await candidate.sendUntilAnswered(a, event);
  await expectNothingLost(staff, candidates);
  await expectResults(staff, candidates);
  note(inject('figures'), { acknowledged: 3 * candidates.length });
});
