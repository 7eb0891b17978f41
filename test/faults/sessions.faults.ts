import { MongoClient, ObjectId } from 'mongodb';
import { expect, inject, it } from 'vitest';
import { atTheEnd } from '../support/database.ts';
import { type Candidate, logIn, redeem } from './candidate.ts';
import { Load } from './load.ts';
import { Random, SEED } from './random.ts';
import { eventually, startEngine, startServerProcess } from './server-process.ts';
import { note } from './summary.ts';
import { expectAllTold, expectNothingLost, expectResults } from './verify.ts';
import { Watcher } from './watcher.ts';

const random = new Random(SEED);
const { uri } = await startEngine();
const env = { MONGODB_URI: uri, MONGODB_DATABASE: 'sessions', SESSION_IDLE_SECONDS: '1', MAX_SESSIONS: '3' };
const server = await startServerProcess(env);
const staff = await logIn(server);
const client = await MongoClient.connect(uri);
atTheEnd(() => client.close());
const journal = client.db('sessions').collection('behavior_events');

it('with room for 3 sessions only, 20 candidates and their watchers notice nothing', async () => {
  const candidates = await redeem(server, 20, staff);
  const watchers = candidates.map((candidate) => new Watcher(candidate).connect(server));
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
  const [candidate] = (await redeem(server, 1, staff)) as [Candidate];
  await candidate.postUntilAnswered(server, candidate.next(random));
  const events = Array.from({ length: 1500 }, () => candidate.view(random));
  const outcomes = await Promise.all(events.map((event) => candidate.post(server, event, 40_000)));
  const refused = outcomes.filter((outcome) => outcome.kind === 'refused');
  for (const outcome of refused)
    expect(outcome).toMatchObject({ status: 503, code: 'overloaded', retryAfter: '1' });
  expect(outcomes.filter(({ kind }) => kind === 'unknown')).toEqual([]);
  const logs = await expectNothingLost(staff, [candidate]);
  expect(logs.get(candidate)?.length).toBe(1 + events.length - refused.length);
  note(inject('figures'), { acknowledged: candidate.acknowledged.length });
});

it('an attempt whose journal is damaged is on its own', async () => {
  const [damaged, completed, ...others] = (await redeem(server, 8, staff)) as [
    Candidate,
    Candidate,
    ...Candidate[],
  ];
  for (const each of [damaged, completed, ...others]) await each.postUntilAnswered(server, each.next(random));
  await completed.postUntilAnswered(server, completed.selection(random));
  const watchers = [damaged, ...others].map((candidate) => new Watcher(candidate).connect(server));
  await eventually(() => expect(watchers.every(({ last }) => last === 1)).toBe(true));
  // What no server would record: a second start, and for recovery's sake a completion without a selection.
  const insert = (sequence_number: number, event_type: string, payload: object) =>
    journal.insertOne({
      ...{ attempt_id: new ObjectId(damaged.attempt_id), sequence_number, event_type, payload },
      ...{ timestamp_client: new Date(), timestamp_server: new Date(), metadata: {} },
    });
  await insert(2, 'task_started', {});
  await insert(3, 'task_completed', { final_option_id: '0'.repeat(24), final_option_code: 'X' });
  const peer = await startServerProcess(env);
  for (const served of [server, peer]) {
    expect(await damaged.post(served, damaged.view(random))).toMatchObject({
      status: 500,
      code: 'journal_unreplayable',
    });
  }
  for (const each of others) {
    // From the other server, so that it has to be brought past the damaged attempt, which is watched too.
    expect((await each.post(peer, each.view(random))).kind).toBe('acknowledged');
  }
  await eventually(() => expect(watchers.slice(1).map(({ last }) => last)).toEqual(others.map(() => 2)));
  // Recovery meets the damaged attempt first and goes on to the next.
  await client
    .db('sessions')
    .collection('task_attempts')
    .updateOne({ _id: new ObjectId(damaged.attempt_id) }, { $set: { status: 'completed' } });
  await peer.kill();
  const completion = completed.post(server, completed.completion());
  await server.kill();
  note(inject('figures'), { kills: 2 });
  await completion;
  await server.start();
  await completed.postUntilAnswered(server, completed.completion());
  await expectResults(await logIn(server), [completed]);
  expect(server.errors.some((line) => line.includes(damaged.attempt_id))).toBe(true);
  for (const watcher of watchers) watcher.disconnect();
});
