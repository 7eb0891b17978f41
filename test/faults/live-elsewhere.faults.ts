import { MongoClient, ObjectId } from 'mongodb';
import { expect, it } from 'vitest';
import { ApiClient } from '../../src/tools/api-client.ts';
import { logInAsAdmin } from '../support/administrator.ts';
import { issueTokens } from '../support/assessment.ts';
import { atTheEnd } from '../support/at-the-end.ts';
import { type Admission, redeem } from '../support/candidate.ts';
import { startEngine } from '../support/engine.ts';
import { eventually } from '../support/eventually.ts';
import { FrontProxy } from '../support/front-proxy.ts';
import { watch } from '../support/live-watcher.ts';
import { startServerProcess } from '../support/server-process.ts';
import { Load } from './load.ts';
import { admitCandidates, type PersistentCandidate } from './persistent-candidate.ts';
import { Random, SEED } from './random.ts';
import { ReturningWatcher } from './returning-watcher.ts';
import { expectAllTold, expectNothingLost } from './verify.ts';

/*
 * Two servers on one database: who watches at one must learn everything that happens at the other, once.
 */
const random = new Random(SEED);
const { uri } = await startEngine();
const env = { MONGODB_URI: uri, MONGODB_DATABASE: 'elsewhere' };
const [a, b] = [await startServerProcess(env), await startServerProcess(env)];
const staff = await logInAsAdmin(a);
const database = await MongoClient.connect(uri);
atTheEnd(() => database.close());
const storedAttempts = database.db(env.MONGODB_DATABASE).collection('task_attempts');

const newCandidate = async () => (await admitCandidates(b, 1, staff))[0] as PersistentCandidate;

it.each([
  ['since=3', 3, [4, 5]],
  ['since beyond the last event', 99, []],
  ['no since', undefined, []],
])(
  'given a server whose session lags behind, when one connects to it with %s, then nothing is told twice',
  async (_, since, missed) => {
    const candidate = await newCandidate();
    await candidate.sendUntilAnswered(b, candidate.next(random));
    // A loads the attempt, and does not look at it any more because nobody watches it there.
    await candidate.at(a).get();
    for (let n = 0; n < 4; n += 1) await candidate.sendUntilAnswered(b, candidate.view(random));

    const watcher = await watch(candidate.at(a).api, candidate.attempt_id, since);
    await candidate.sendUntilAnswered(b, candidate.view(random));
    await candidate.sendUntilAnswered(a, candidate.view(random));
    await watcher.hears('attempt_state', ({ sequence_number }) => sequence_number === 7);
    await watcher.isUpToDate();
    expect(watcher.acknowledged).toEqual([...missed, 6, 7]);
    expect(watcher.all('attempt_state')[0]).toMatchObject({ sequence_number: 5 });
  },
);

it('behind a load balancer there is no gap and no repeat, wherever events and sockets go', async () => {
  const proxy = await FrontProxy.start([a, b]);
  const candidates = await admitCandidates(a, 3, staff);
  const watchers = candidates.flatMap((each) =>
    Array.from({ length: 2 }, () => new ReturningWatcher(each).connect(proxy)),
  );
  const load = new Load(candidates, [a, b]);
  const drops = setInterval(() => random.pick(watchers).drop(), 25);
  await load.progress(120);
  clearInterval(drops);
  await load.stop();
  await expectAllTold(watchers, await expectNothingLost(staff, candidates));
  expect(watchers.some(({ closes }) => closes.length > 0)).toBe(true);
  for (const watcher of watchers) watcher.disconnect();
});

it('when the other server expires an attempt and it is read here before anybody was told, then watchers are told', async () => {
  const { task } = await newCandidate();
  const tokens = await issueTokens(staff, task, { count: 6 });
  const watchers = await Promise.all(tokens.map(({ attempt_id }) => watch(staff, attempt_id)));
  const attempts: Admission[] = [];
  for (const { token } of tokens) attempts.push(await redeem(new ApiClient(b.url), token, task));
  // Both servers expire attempts every 5 s. Over such a time, each of them is the first with some of these.
  const now = Date.now();
  await Promise.all(
    attempts.map(async ({ attempt_id }, n) => {
      const _id = new ObjectId(attempt_id);
      await storedAttempts.updateOne({ _id }, { $set: { expires_at: new Date(now + n * 800) } });
      await eventually(async () =>
        expect(await storedAttempts.findOne({ _id })).toMatchObject({ status: 'expired' }),
      );
      await staff.call('GET', `/attempts/${attempt_id}`);
    }),
  );
  for (const watcher of watchers) {
    await watcher.hears('attempt_status', ({ status }) => status === 'expired');
    expect(watcher.all('attempt_state').at(-1)).toMatchObject({ state: 'expired', status: 'expired' });
    expect(watcher.all('attempt_status')).toHaveLength(1);
  }
});

it('when a server records completions and then stops in order, watchers at the other hear of them', async () => {
  const candidates = await admitCandidates(b, 4, staff);
  for (const candidate of candidates) {
    await candidate.sendUntilAnswered(b, candidate.next(random));
    await candidate.sendUntilAnswered(b, candidate.selection(random));
  }
  const watchers = await Promise.all(
    candidates.map((candidate) => watch(candidate.at(a).api, candidate.attempt_id)),
  );
  await Promise.all(
    candidates.map(async (candidate) => {
      const outcome = await candidate.sendUntilAnswered(b, candidate.completion());
      expect(outcome.kind).toBe('acknowledged');
    }),
  );
  expect((await b.terminate()).code).toBe(0);
  for (const watcher of watchers) {
    await watcher.hears('metrics_ready');
    expect(watcher.acknowledged).toEqual([3]);
    expect(watcher.all('attempt_status').map(({ status }) => status)).toEqual(['completed']);
  }
});
