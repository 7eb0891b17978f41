import { MongoClient, ObjectId } from 'mongodb';
import { describe, expect, inject, it } from 'vitest';
import { logInAsAdmin } from '../support/administrator.ts';
import { atTheEnd } from '../support/at-the-end.ts';
import { DatabaseProxy, isCommand } from '../support/database-proxy.ts';
import { startEngine } from '../support/engine.ts';
import { eventually } from '../support/eventually.ts';
import { startServerProcess } from '../support/server-process.ts';
import { admitCandidates, type Outcome, type PersistentCandidate } from './persistent-candidate.ts';
import { Random, SEED } from './random.ts';
import { ReturningWatcher } from './returning-watcher.ts';
import { note } from './summary.ts';
import { expectAllTold, expectNothingLost, expectProjected, expectResults } from './verify.ts';

/** Milliseconds within which a request must be answered while the database is away, plus some for a busy machine. */
const ANSWER_MS = 3000 + 500;

/** What an event's 503 says if it may have reached the database, and if it was refused before. */
const UNKNOWN = /unknown whether it was stored; send it again with its client_event_id/;
const NOTHING = /nothing was stored/;

const random = new Random(SEED);
const DATABASE = 'away';
const { uri, socketPath, pid: enginePid } = await startEngine();
const proxy = await DatabaseProxy.start(socketPath);
atTheEnd(() => proxy.stop());
const server = await startServerProcess({ MONGODB_URI: proxy.uri, MONGODB_DATABASE: DATABASE });
const staff = await logInAsAdmin(server);

const status = async (path: string) =>
  (await fetch(server.url + path, { signal: AbortSignal.timeout(5000) })).status;

async function started(count: number): Promise<PersistentCandidate[]> {
  const candidates = await admitCandidates(server, count, staff);
  for (const each of candidates) await each.sendUntilAnswered(server, each.next(random));
  return candidates;
}

/** Lets the database come back. */
async function heal(): Promise<void> {
  const since = Date.now();
  proxy.set('pass');
  await eventually(async () => expect(await status('/readyz')).toBe(200));
  note(inject('figures'), { recoveryMs: Date.now() - since });
}

/** @param detail what the answers say about what was stored */
function expectUnavailable(outcomes: readonly Outcome[], detail = UNKNOWN): void {
  for (const outcome of outcomes) {
    expect(outcome).toMatchObject({ detail: expect.stringMatching(detail) });
    expect(outcome).toMatchObject({ kind: 'refused', status: 503, code: 'database_unavailable' });
    expect(outcome).toMatchObject({ retryAfter: expect.stringMatching(/^\d+$/) });
    expect(outcome.ms).toBeLessThan(ANSWER_MS);
  }
}

describe.each(['cut', 'silent', 'deaf', 'half-closed'] as const)(
  'while the connection to the database is %s',
  (mode) => {
    it('events are refused within 3 s; when it returns, everything goes on by itself', async () => {
      const candidates = await started(8);
      const unloaded = await admitCandidates(server, 4, staff);
      const watchers = candidates.map((candidate) => new ReturningWatcher(candidate).connect(server));
      await eventually(() => expect(watchers.every(({ last }) => last === 1)).toBe(true));
      proxy.set(mode);
      note(inject('figures'), { cuts: 1 });

      const events = [...candidates, ...unloaded].map((candidate) => ({
        candidate,
        event: candidate.next(random),
      }));
      const first = await Promise.all(events.map(({ candidate, event }) => candidate.send(server, event)));
      expectUnavailable(first, new RegExp(`${UNKNOWN.source}|${NOTHING.source}`));
      expect(first.some((outcome) => 'detail' in outcome && UNKNOWN.test(outcome.detail))).toBe(true);
      // By now the server knows, and no request waits for a time-out.
      const again = await Promise.all(events.map(({ candidate, event }) => candidate.send(server, event)));
      expectUnavailable(again, NOTHING);
      expect(Math.max(...again.map(({ ms }) => ms))).toBeLessThan(1000);
      expect(await status('/readyz')).toBe(503);
      expect(await status('/healthz')).toBe(200);

      await heal();
      const outcomes = await Promise.all(
        events.map(({ candidate, event }) => candidate.sendUntilAnswered(server, event)),
      );
      expect(outcomes.map(({ kind }) => kind)).toEqual(events.map(() => 'acknowledged'));
      const logs = await expectNothingLost(staff, [...candidates, ...unloaded]);
      await expectAllTold(watchers, logs);
      for (const watcher of watchers) watcher.disconnect();
      note(inject('figures'), { acknowledged: candidates.length * 2 + unloaded.length });
    });
  },
);

it('watchers learn of an event whose sender was told 503, and its retry of the truth', async () => {
  const candidates = await started(6);
  const watchers = candidates.map((candidate) => new ReturningWatcher(candidate).connect(server));
  await eventually(() => expect(watchers.every(({ last }) => last === 1)).toBe(true));
  // The insert reaches the database, but its answer never comes back.
  proxy.deafenOn = isCommand('insert', 'behavior_events');
  note(inject('figures'), { cuts: 1 });
  const events = candidates.map((candidate) => ({ candidate, event: candidate.selection(random) }));
  expectUnavailable(await Promise.all(events.map(({ candidate, event }) => candidate.send(server, event))));
  await heal();
  // Watchers hear of the stored event without another post; the events still waiting were never sent.
  const stored = await expectNothingLost(staff, candidates);
  expect([...stored.values()].filter(({ length }) => length === 2)).not.toEqual([]);
  await expectAllTold(watchers, stored);
  for (const { candidate, event } of events) {
    expect(await candidate.send(server, event)).toMatchObject({ kind: 'acknowledged', sequence_number: 2 });
  }
  await expectAllTold(watchers, await expectNothingLost(staff, candidates));
  for (const watcher of watchers) watcher.disconnect();
});

it('a database that stood still and carries out late what it was asked surprises nobody', async () => {
  const candidates = await started(6);
  const watchers = candidates.map((candidate) => new ReturningWatcher(candidate).connect(server));
  await eventually(() => expect(watchers.every(({ last }) => last === 1)).toBe(true));
  process.kill(enginePid, 'SIGSTOP');
  note(inject('figures'), { cuts: 1 });
  const events = candidates.map((candidate) => ({ candidate, event: candidate.selection(random) }));
  const outcomes = await Promise.all(events.map(({ candidate, event }) => candidate.send(server, event)));
  process.kill(enginePid, 'SIGCONT');
  expectUnavailable(outcomes);
  await heal();
  // An event that reaches the journal late is published without another post.
  await eventually(async () => expectAllTold(watchers, await expectNothingLost(staff, candidates)));
  for (const { candidate, event } of events) {
    expect(await candidate.sendUntilAnswered(server, event)).toMatchObject({ sequence_number: 2 });
  }
  await expectAllTold(watchers, await expectNothingLost(staff, candidates));
  for (const watcher of watchers) watcher.disconnect();
});

it.each([
  ['insert', 'behavior_events'],
  ['update', 'task_attempts'],
] as const)(
  'a start and a completion whose %s into %s nobody answers are stored in the attempt',
  async (command, collection) => {
    const [candidate] = (await admitCandidates(server, 1, staff)) as [PersistentCandidate];
    const events = [
      () => candidate.next(random),
      () => candidate.selection(random),
      () => candidate.completion(),
    ];
    for (const event of events) {
      const posted = event();
      proxy.deafenOn = isCommand(command, collection);
      note(inject('figures'), { cuts: 1 });
      await candidate.send(server, posted);
      await heal();
      await candidate.sendUntilAnswered(server, posted);
      const logs = await expectNothingLost(staff, [candidate]);
      for (const [each, stored] of logs) await expectProjected(staff, each, stored);
    }
    await expectResults(staff, [candidate]);
  },
);

it('a completion that reaches the journal 8 s after its answer was lost gets its results, though nobody asks', async () => {
  const [candidate] = (await admitCandidates(server, 1, staff)) as [PersistentCandidate];
  await candidate.sendUntilAnswered(server, candidate.next(random));
  await candidate.sendUntilAnswered(server, candidate.selection(random));
  let late: Buffer | undefined;
  proxy.holdBack = (request) => {
    if (late || !isCommand('insert', 'behavior_events')(request)) return 'no';
    late = request;
    return 'request';
  };
  note(inject('figures'), { cuts: 1 });
  const begun = performance.now();
  expectUnavailable([await candidate.send(server, candidate.completion())]);
  proxy.holdBack = undefined;
  const attempts = (await MongoClient.connect(uri)).db(DATABASE).collection('task_attempts');
  atTheEnd(() => attempts.db.client.close());
  const stored = () => attempts.findOne({ _id: new ObjectId(candidate.attempt_id) });
  await expect.poll(() => performance.now() - begun, { timeout: 20_000 }).toBeGreaterThan(8000);
  expect(await stored()).toMatchObject({ status: 'in_progress', is_locked: false });
  if (late) proxy.deliver(late);
  await eventually(async () =>
    expect(await stored()).toMatchObject({ status: 'completed', is_locked: true }),
  );
  await expectResults(staff, [candidate]);
});

it('a slow database is no reason to refuse anything', async () => {
  const candidates = await started(4);
  proxy.delayMs = 300;
  const outcomes = await Promise.all(candidates.map((each) => each.send(server, each.next(random))));
  proxy.delayMs = 0;
  expect(outcomes.map(({ kind }) => kind)).toEqual(outcomes.map(() => 'acknowledged'));
  await expectNothingLost(staff, candidates);
});
