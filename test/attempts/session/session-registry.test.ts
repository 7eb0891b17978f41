import { ObjectId } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { machineById } from '../../../machines/index.ts';
import { AttemptFeed } from '../../../src/attempts/session/feed.ts';
import { loadSession } from '../../../src/attempts/session/load-session.ts';
import { type EvictionLimits, SessionRegistry } from '../../../src/attempts/session/session-registry.ts';
import type { SessionServices } from '../../../src/attempts/session/session-services.ts';
import { clockOf } from '../../../src/clock.ts';
import type { SubmittedEvent } from '../../../src/events/submitted-event.ts';
import { createTask } from '../../support/assessment.ts';
import { admitCandidate, type Candidate } from '../../support/candidate.ts';
import { eventually } from '../../support/eventually.ts';
import { completes, type Step, selects, starts, views } from '../../support/recorded.ts';
import { startTestServer } from '../../support/server.ts';

const { services, admin, api } = await startTestServer();
const task = await createTask(admin);

const sessionServices: SessionServices = {
  journal: services.journal,
  feed: new AttemptFeed(),
  projector: services.projector,
  onUncertain: () => undefined,
  onClockAhead: () => undefined,
  onOverfull: () => undefined,
  onActorFailed: () => undefined,
  clock: clockOf(() => new Date()),
  correctsClientClocks: false,
  newEventId: () => new ObjectId().toHexString(),
  mailboxCapacity: 10,
};

/** A registry of its own on the server's database, with a count of what it loads. */
function aRegistry(limits: Partial<EvictionLimits> = {}, failures = 0, own: Partial<SessionServices> = {}) {
  const loads: string[] = [];
  const registry = new SessionRegistry(
    async (attempt_id) => {
      loads.push(attempt_id);
      if (loads.length <= failures) throw new Error('the database is away');
      return loadSession(
        attempt_id,
        {
          findAttempt: (id) => services.attempts.find(id),
          task: (id) => services.tasks.get(id),
          findKey: (id) => services.keys.find(id),
          // The computations never finish, so a completed attempt stays busy.
          machine: machineById,
        },
        { ...sessionServices, ...own },
      );
    },
    { idleMs: 1000, maxSessions: 100, ...limits },
  );
  return { registry, loads };
}

const newCandidate = () => admitCandidate(admin, api, task);
const submitted = (candidate: Candidate, step: Step) =>
  ({ ...candidate.body(step), timestamp_client: new Date(), metadata: {} }) as SubmittedEvent;
const later = (ms: number) => performance.now() + ms;

describe('loading', () => {
  it('fifty who ask at once share one load and one session', async () => {
    const { attempt_id } = await newCandidate();
    const { registry, loads } = aRegistry();
    const sessions = await Promise.all(Array.from({ length: 50 }, () => registry.get(attempt_id)));
    expect(loads).toEqual([attempt_id]);
    expect(new Set(sessions).size).toBe(1);
    expect(registry.peek(attempt_id)).toBe(sessions[0]);
    expect(registry.size).toBe(1);
  });

  it('that failed fails for all who waited, and is tried again by the next', async () => {
    const { attempt_id } = await newCandidate();
    const { registry, loads } = aRegistry({}, 1);
    const waiting = await Promise.allSettled(Array.from({ length: 5 }, () => registry.get(attempt_id)));
    expect(waiting.map(({ status }) => status)).toEqual(Array(5).fill('rejected'));
    expect(registry.size).toBe(0);
    expect((await registry.get(attempt_id)).attempt.attempt_id).toBe(attempt_id);
    expect(loads).toHaveLength(2);
  });

  it('of an attempt that does not exist leaves nothing behind', async () => {
    const { registry } = aRegistry();
    await expect(registry.get('f'.repeat(24))).rejects.toMatchObject({ status: 404, code: 'not_found' });
    await eventually(() => expect(registry.size).toBe(0));
    expect(registry.peek('f'.repeat(24))).toBeUndefined();
  });
});

describe('eviction', () => {
  it('ends what nobody has used for so long; the next use finds everything again', async () => {
    const candidate = await newCandidate();
    const { registry, loads } = aRegistry({ idleMs: 1000 });
    const session = await registry.get(candidate.attempt_id);
    await session.submit(submitted(candidate, starts(0)));
    await session.submit(submitted(candidate, selects(0, 'B')));
    const { view } = session;
    registry.evict(later(500));
    expect(registry.size).toBe(1);
    registry.evict(later(1500));
    expect(registry.size).toBe(0);

    const again = await registry.get(candidate.attempt_id);
    expect(again).not.toBe(session);
    expect(again.view).toEqual(view);
    expect(again.state.context.selection?.option_code).toBe('B');
    expect(await again.submit(submitted(candidate, completes(0, 'B')))).toMatchObject({ sequence_number: 3 });
    expect(loads).toHaveLength(2);
  });

  it('spares who has an event under way', async () => {
    const candidate = await newCandidate();
    const { registry } = aRegistry();
    const session = await registry.get(candidate.attempt_id);
    const underWay = session.submit(submitted(candidate, starts(0)));
    registry.evict(later(3_600_000));
    expect(registry.peek(candidate.attempt_id)).toBe(session);
    await underWay;
    registry.evict(later(3_600_000));
    expect(registry.size).toBe(0);
  });

  it('spares whose results are being computed', async () => {
    const candidate = await newCandidate();
    const { registry } = aRegistry();
    const session = await registry.get(candidate.attempt_id);
    for (const step of [starts(0), selects(0, 'A'), completes(0, 'A')]) {
      await session.submit(submitted(candidate, step));
    }
    registry.evict(later(3_600_000));
    expect(registry.peek(candidate.attempt_id)).toBe(session);
    session.signal('results_saved');
    registry.evict(later(3_600_000));
    expect(registry.size).toBe(0);
    registry.stop();
  });

  it('of too many ends those that were not used for longest', async () => {
    const [one, two, three] = [await newCandidate(), await newCandidate(), await newCandidate()];
    const { registry } = aRegistry({ maxSessions: 2, idleMs: 3_600_000 });
    for (const { attempt_id } of [one, two, three, one]) await registry.get(attempt_id);
    registry.evict();
    expect(registry.peek(two.attempt_id)).toBeUndefined();
    expect(registry.peek(one.attempt_id)).toBeDefined();
    expect(registry.peek(three.attempt_id)).toBeDefined();
  });
});

it('two sessions of one attempt, as two processes have them, number its events without gap or repeat', async () => {
  const candidate = await newCandidate();
  const [one, two] = [aRegistry().registry, aRegistry().registry];
  const sessions = [await one.get(candidate.attempt_id), await two.get(candidate.attempt_id)];
  await sessions[0]?.submit(submitted(candidate, starts(0)));
  await Promise.all(
    Array.from({ length: 20 }, (_, n) => sessions[n % 2]?.submit(submitted(candidate, views(0, 'A', n)))),
  );
  const repeat = { ...submitted(candidate, selects(0, 'A')), client_event_id: 'chosen' };
  const acks = await Promise.all(sessions.map((session) => session.submit(repeat)));
  expect(acks[0]).toEqual(acks[1]);
  const log = await candidate.log();
  expect(log.map(({ sequence_number }) => sequence_number)).toEqual(
    Array.from({ length: 22 }, (_, n) => n + 1),
  );
  const times = log.map(({ timestamp_server }) => timestamp_server.getTime());
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

it('an expiry waits for the event that is being stored, so that both count', async () => {
  const candidate = await newCandidate();
  const session = await aRegistry().registry.get(candidate.attempt_id);
  await session.submit(submitted(candidate, starts(0)));
  const underWay = session.submit(submitted(candidate, selects(0, 'A')));
  const expiring = session.expire();
  expect(await underWay).toMatchObject({ sequence_number: 2, acknowledged: true });
  await expiring;
  expect(session.view).toMatchObject({ state: 'expired', sequence_number: 2 });
  await expect(session.submit(submitted(candidate, views(0, 'A', 1)))).rejects.toMatchObject({
    code: 'attempt_expired',
  });
});

it('given an attempt whose time is over, when somebody looks, then it has ended, and watchers are told', async () => {
  const candidate = await newCandidate();
  let now = new Date();
  const feed = new AttemptFeed();
  const { registry } = aRegistry({}, 0, { clock: clockOf(() => now), feed });
  const session = await registry.get(candidate.attempt_id);
  const told: unknown[] = [];
  feed.subscribe(candidate.attempt_id, (news) => told.push(news));
  await registry.current(candidate.attempt_id);
  expect(told).toEqual([]);
  now = session.attempt.expires_at;
  const { view } = await registry.current(candidate.attempt_id);
  expect(view).toMatchObject({ state: 'expired', allowed_events: [], status: 'expired' });
  expect(told).toEqual([{ kind: 'state_changed', view }]);
});

it('given an attempt whose time is over, when an event is refused, then the refusal tells the end', async () => {
  const candidate = await newCandidate();
  let now = new Date();
  const { registry } = aRegistry({}, 0, { clock: clockOf(() => now) });
  const session = await registry.get(candidate.attempt_id);
  await session.submit(submitted(candidate, starts(0)));
  now = session.attempt.expires_at;
  await expect(session.submit(submitted(candidate, selects(0, 'A')))).rejects.toMatchObject({
    code: 'attempt_expired',
    details: { state: 'expired', allowed_events: [] },
  });
});

it('an attempt that expired here before its first event goes on from what was recorded elsewhere', async () => {
  const candidate = await newCandidate();
  const [here, there] = [aRegistry().registry, aRegistry().registry];
  const session = await here.get(candidate.attempt_id);
  const other = await there.get(candidate.attempt_id);
  session.signal('attempt_expired');
  for (const step of [starts(0), selects(0, 'A'), views(0, 'B', 1)])
    await other.submit(submitted(candidate, step));
  expect((await here.current(candidate.attempt_id)).view).toMatchObject({
    state: 'expired',
    sequence_number: 3,
  });
  await other.submit(submitted(candidate, completes(0, 'A')));
  expect((await here.current(candidate.attempt_id)).view).toMatchObject({
    status: 'completed',
    sequence_number: 4,
  });
  for (const registry of [here, there]) registry.stop();
});
