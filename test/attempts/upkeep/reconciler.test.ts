import { MongoNetworkError } from 'mongodb';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { AttemptFeed, type AttemptNews, type AttemptView } from '../../../src/attempts/session/feed.ts';
import type { Session } from '../../../src/attempts/session/session.ts';
import { Reconciler } from '../../../src/attempts/upkeep/reconciler.ts';
import {
  attemptNotRedeemed,
  databaseUnavailable,
  overloaded,
  UnreplayableJournal,
} from '../../../src/errors.ts';
import { createLog } from '../../../src/log.ts';

const view: AttemptView = { state: 'expired', allowed_events: [], sequence_number: 3, status: 'expired' };
const session = { view, signal: () => undefined } as unknown as Session;

/** A reconciler whose sessions fail to catch up, with these errors. */
function aReconciler(failures: Record<string, () => Error> = {}) {
  const looks: string[] = [];
  const logged: unknown[] = [];
  const log = createLog('silent');
  log.error = (line: unknown) => void logged.push(line);
  const feed = new AttemptFeed();
  const reconciler = new Reconciler({
    sessions: {
      current: async (attempt_id) => {
        looks.push(attempt_id);
        const failure = failures[attempt_id];
        if (failure) throw failure();
        return session;
      },
    },
    attempts: { find: async () => undefined },
    journal: { read: async () => [] },
    projector: { noteMissing: () => undefined },
    feed,
    log,
  });
  const runAfter = async (ms: number) => {
    vi.advanceTimersByTime(ms);
    await reconciler.run();
  };
  return { reconciler, looks, logged, feed, runAfter };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('given an attempt of which nobody knows what was stored, then it is looked at so many times, a second apart', async () => {
  const { reconciler, looks, runAfter } = aReconciler();
  reconciler.add('a', { looks: 3 });
  for (let n = 0; n < 50; n += 1) await runAfter(100);
  expect(looks).toEqual(['a', 'a', 'a']);
});

it('given a damaged journal, then it is said once, and the attempt is left alone whoever asks again', async () => {
  const { reconciler, looks, logged, runAfter } = aReconciler({
    damaged: () => new UnreplayableJournal('attempt damaged, event 3: expected number 2'),
  });
  for (const id of ['damaged', 'sound']) reconciler.add(id, { looks: 5 });
  await runAfter(0);
  reconciler.add('damaged');
  await runAfter(5000);
  expect(looks).toEqual(['damaged', 'sound', 'sound']);
  expect(logged).toEqual([{ err: 'attempt damaged, event 3: expected number 2', attempt_id: 'damaged' }]);
  expect(reconciler.isDamaged('damaged')).toBe(true);
});

it('given an attempt with too much to do, then it is tried again with growing pauses and keeps nobody waiting', async () => {
  const { reconciler, looks, logged, runAfter } = aReconciler({ busy: () => overloaded('full') });
  for (const id of ['busy', 'sound']) reconciler.add(id);
  for (let n = 0; n < 40; n += 1) {
    // However often it is added meanwhile.
    reconciler.add('busy');
    await runAfter(250);
  }
  // After 0, 0.25, 0.75, 1.75, 3.75 and 7.75 s.
  expect(looks.filter((id) => id === 'busy')).toHaveLength(6);
  expect(looks.filter((id) => id === 'sound')).toHaveLength(1);
  expect(logged).toEqual([]);
});

it.each([
  ['by a refusal', () => databaseUnavailable()],
  ['by the driver', () => new MongoNetworkError('gone')],
])(
  'given a database that is away, as told %s, then the round ends and nothing is forgotten',
  async (_, away) => {
    const failures: Record<string, () => Error> = { first: away };
    const { reconciler, looks, runAfter } = aReconciler(failures);
    for (const id of ['first', 'second']) reconciler.add(id);
    await expect(runAfter(0)).rejects.toThrow();
    expect(looks).toEqual(['first']);
    delete failures['first'];
    await runAfter(0);
    expect(looks).toEqual(['first', 'first', 'second']);
  },
);

it('given an unexpected failure, then it is logged at first and tried again; what has no journal is dropped', async () => {
  const { reconciler, looks, logged, runAfter } = aReconciler({
    odd: () => new Error('odd'),
    unredeemed: () => attemptNotRedeemed('not yet'),
  });
  for (const id of ['odd', 'unredeemed']) reconciler.add(id);
  for (let n = 0; n < 4; n += 1) await runAfter(250);
  expect(looks).toEqual(['odd', 'unredeemed', 'odd', 'odd']);
  expect(logged).toHaveLength(1);
});

it('given a watched attempt, then its watchers are told where it stands once it is brought up to its journal', async () => {
  const { reconciler, feed, runAfter } = aReconciler();
  const heard: AttemptNews[] = [];
  feed.subscribe('a', (news) => heard.push(news));
  reconciler.add('a');
  reconciler.add('b');
  await runAfter(0);
  expect(heard).toEqual([{ kind: 'caught_up', view }]);
});
