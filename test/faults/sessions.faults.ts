import { MongoClient, ObjectId } from 'mongodb';
import { expect, inject, it } from 'vitest';
import { logInAsAdmin } from '../support/administrator.ts';
import { atTheEnd } from '../support/at-the-end.ts';
import { startEngine } from '../support/engine.ts';
import { eventually } from '../support/eventually.ts';
import { startServerProcess } from '../support/server-process.ts';
import { Load } from './load.ts';
import { admitCandidates, type PersistentCandidate } from './persistent-candidate.ts';
import { Random, SEED } from './random.ts';
import { ReturningWatcher } from './returning-watcher.ts';
import { note } from './summary.ts';
import { expectAllTold, expectNothingLost, expectResults } from './verify.ts';

const random = new Random(SEED);
const { uri } = await startEngine();
const env = { MONGODB_URI: uri, MONGODB_DATABASE: 'sessions', SESSION_IDLE_SECONDS: '1', MAX_SESSIONS: '3' };
const server = await startServerProcess(env);
const staff = await logInAsAdmin(server);
const client = await MongoClient.connect(uri);
atTheEnd(() => client.close());
const journal = client.db('sessions').collection('behavior_events');

it('with room for 3 sessions only, 20 candidates and their watchers notice nothing', async () => {
  const candidates = await admitCandidates(server, 20, staff);
  const watchers = candidates.map((candidate) => new ReturningWatcher(candidate).connect(server));
  const load = new Load(candidates, [server]);
  await load.progress(400);
  for (const watcher of watchers) if (random.below(2) === 0) watcher.drop();
  await load.progress(400);
  await load.stop();
  expect(load.outcomes).toEqual([]);
  await expectAllTold(watchers, await expectNothingLost(staff, candidates));
  for (const watcher of watchers) watcher.disconnect();
});

it('who sends more than an attempt can wait for is told `overloaded`, and nothing is lost', async () => {
  const [candidate] = (await admitCandidates(server, 1, staff)) as [PersistentCandidate];
  await candidate.sendUntilAnswered(server, candidate.next(random));
  const events = Array.from({ length: 1500 }, () => candidate.view(random));
  const outcomes = await Promise.all(events.map((event) => candidate.send(server, event, 40_000)));
  const refused = outcomes.filter((outcome) => outcome.kind === 'refused');
  for (const outcome of refused)
    expect(outcome).toMatchObject({ status: 503, code: 'overloaded', retryAfter: '1' });
  expect(outcomes.filter(({ kind }) => kind === 'unknown')).toEqual([]);
  const logs = await expectNothingLost(staff, [candidate]);
  expect(logs.get(candidate)?.length).toBe(1 + events.length - refused.length);
  note(inject('figures'), { acknowledged: candidate.acknowledged.length });
});

it('an attempt whose journal is damaged is on its own', async () => {
  const [damaged, completed, ...others] = (await admitCandidates(server, 8, staff)) as [
    PersistentCandidate,
    PersistentCandidate,
    ...PersistentCandidate[],
  ];
  for (const each of [damaged, completed, ...others]) await each.sendUntilAnswered(server, each.next(random));
  await completed.sendUntilAnswered(server, completed.selection(random));
  const watchers = [damaged, ...others].map((candidate) => new ReturningWatcher(candidate).connect(server));
  await eventually(() => expect(watchers.every(({ last }) => last === 1)).toBe(true));
  // Events that no server would record: a second start, and a completion without a selection, so that recovery finds it.
  const insert = (sequence_number: number, event_type: string, payload: object) =>
    journal.insertOne({
      attempt_id: new ObjectId(damaged.attempt_id),
      sequence_number,
      event_type,
      payload,
      timestamp_client: new Date(),
      timestamp_server: new Date(),
      metadata: {},
    });
  await insert(2, 'task_started', {});
  await insert(3, 'task_completed', { final_option_id: '0'.repeat(24), final_option_code: 'X' });
  const peer = await startServerProcess(env);
  for (const served of [server, peer]) {
    expect(await damaged.send(served, damaged.view(random))).toMatchObject({
      status: 500,
      code: 'journal_unreplayable',
    });
  }
  for (const each of others) {
    // From the other server, so that looking for its events has to get past the damaged attempt, which is also watched.
    expect((await each.send(peer, each.view(random))).kind).toBe('acknowledged');
  }
  await eventually(() => expect(watchers.slice(1).map(({ last }) => last)).toEqual(others.map(() => 2)));
  // Recovery meets the damaged attempt first and goes on to the next.
  await client
    .db('sessions')
    .collection('task_attempts')
    .updateOne({ _id: new ObjectId(damaged.attempt_id) }, { $set: { status: 'completed' } });
  await peer.kill();
  const completion = completed.send(server, completed.completion());
  await server.kill();
  note(inject('figures'), { kills: 2 });
  await completion;
  await server.start();
  await completed.sendUntilAnswered(server, completed.completion());
  await expectResults(await logInAsAdmin(server), [completed]);
  expect(server.errors.some((line) => line.includes(damaged.attempt_id))).toBe(true);
  for (const watcher of watchers) watcher.disconnect();
});
