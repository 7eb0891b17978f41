import { MongoNetworkError } from 'mongodb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AttemptFeed, type AttemptNews, type AttemptView } from '../../../src/attempts/session/feed.ts';
import type { Session } from '../../../src/attempts/session/session.ts';
import { Reconciler } from '../../../src/attempts/upkeep/reconciler.ts';
import {
  attemptNotRedeemed,
  nothingStored,
  outcomeUnknown,
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
  const database = { isAway: false };
  const reconciler = new Reconciler({
    database,
    sessions: {
      current: async (attempt_id) => {
        looks.push(attempt_id);
        const failure = failures[attempt_id];
        if (failure) throw failure();
        return session;
      },
      peek: () => undefined,
    },
    attempts: { find: async () => undefined },
    journal: { read: async function* () {} },
    projector: { noteMissing: () => undefined },
    feed,
    log,
  });
  const runAfter = async (ms: number) => {
    vi.advanceTimersByTime(ms);
    await reconciler.run();
  };
  return { database, reconciler, looks, logged, feed, runAfter };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('given an event of which nobody knows whether it was stored', () => {
  const MINUTE = 60_000;

  it('then its attempt is looked at with growing pauses for a quarter of an hour, and no more', async () => {
    const { reconciler, looks, runAfter } = aReconciler();
    const times: number[] = [];
    reconciler.add('a', { awaited: 4 });
    for (let ms = 0; ms < 30 * MINUTE; ms += 100) {
      await runAfter(100);
      if (looks.length > times.length) times.push(ms);
    }
    expect(times.length).toBeLessThan(40);
    expect(times.at(-1)).toBeGreaterThan(14 * MINUTE);
    expect(times.at(-1)).toBeLessThan(21 * MINUTE);
    // Whenever the event is stored, it is found after a quarter of the time that this took, or after a second.
    for (const [n, time] of times.entries()) {
      expect(time - (times[n - 1] ?? 0)).toBeLessThan(Math.max(1200, (times[n - 1] ?? 0) * 0.25 + 300));
    }
    expect(reconciler.isAwaiting).toBe(false);
  });

  it('then one look is enough once the journal has an event with its number', async () => {
    const { reconciler, looks, runAfter } = aReconciler();
    reconciler.add('a', { awaited: view.sequence_number });
    for (let n = 0; n < 50; n += 1) await runAfter(1000);
    expect(looks).toEqual(['a']);
  });

  it('then others who ask for a look do not make it forgotten', async () => {
    const { reconciler, looks, runAfter } = aReconciler();
    reconciler.add('a', { awaited: 4 });
    await runAfter(0);
    reconciler.add('a');
    await runAfter(100);
    expect(looks).toEqual(['a', 'a']);
    expect(reconciler.isAwaiting).toBe(true);
    await runAfter(1000);
    expect(looks).toEqual(['a', 'a', 'a']);
  });
});

it('given a damaged journal, then it is said once, and the attempt is left alone whoever asks again', async () => {
  const { reconciler, looks, logged, runAfter } = aReconciler({
    damaged: () => new UnreplayableJournal('attempt damaged, event 3: expected number 2'),
  });
  for (const id of ['damaged', 'sound']) reconciler.add(id, { awaited: 4 });
  await runAfter(0);
  reconciler.add('damaged');
  await runAfter(5000);
  expect(looks).toEqual(['damaged', 'sound', 'sound']);
  expect(logged).toEqual([{ err: 'attempt damaged, event 3: expected number 2', attempt_id: 'damaged' }]);
  expect(reconciler.isSetAside('damaged')).toBe(true);
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

it('given a database that is away, then the round ends and nothing is forgotten', async () => {
  const failures: Record<string, () => Error> = { first: () => nothingStored() };
  const { database, reconciler, looks, runAfter } = aReconciler(failures);
  for (const id of ['first', 'second']) reconciler.add(id);
  database.isAway = true;
  await expect(runAfter(0)).rejects.toThrow();
  expect(looks).toEqual(['first']);
  database.isAway = false;
  delete failures['first'];
  await runAfter(0);
  expect(looks).toEqual(['first', 'first', 'second']);
});

it.each([
  ['a refusal', () => outcomeUnknown(undefined)],
  ['an error of the driver', () => new MongoNetworkError('gone')],
])('given an attempt whose own reading fails with %s, then it keeps nobody waiting', async (_, failure) => {
  const { reconciler, looks, runAfter } = aReconciler({ long: failure });
  for (const id of ['long', 'sound']) reconciler.add(id);
  await runAfter(0);
  await runAfter(100);
  expect(looks).toEqual(['long', 'sound']);
});

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
