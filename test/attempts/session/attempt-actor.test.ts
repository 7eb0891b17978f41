import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, expect, it, vi } from 'vitest';
import { fromPromise } from 'xstate';
import { attemptMachine, type ComputationInput } from '../../../machines/attempt-v1.machine.ts';
import type { AttemptMachine } from '../../../machines/index.ts';
import type { Attempt } from '../../../src/attempts/attempt.ts';
import { AttemptActor } from '../../../src/attempts/session/attempt-actor.ts';
import { AttemptFeed } from '../../../src/attempts/session/feed.ts';
import { loadSession } from '../../../src/attempts/session/load-session.ts';
import { clockOf } from '../../../src/clock.ts';
import { RETRY_POLICY } from '../../../src/results/retry-policy.ts';
import { completes, recorded, selects, starts, startsReasoning, taskWith } from '../../support/recorded.ts';

const task = taskWith({ A: 'low', B: 'high' });
const events = recorded(task, [starts(0), selects(1, 'A'), completes(2, 'A')]);
const [started, selected, completed] = events;
if (!started || !selected || !completed) throw new Error('Three events were recorded.');
const input = { attempt_id: started.attempt_id, requires_reasoning: true };
const ignore = () => undefined;
const projector = {
  noteRecorded: ignore,
  noteExpired: ignore,
  noteMissing: ignore,
};

/** An actor, and the errors that stopped it. */
function startActor(machine: AttemptMachine) {
  const failures: unknown[] = [];
  const onActorFailed = (_: string, error: unknown) => void failures.push(error);
  const actor = new AttemptActor(machine, input, { feed: new AttemptFeed(), projector, onActorFailed });
  return { actor, failures };
}

afterEach(() => {
  vi.useRealTimers();
});

it('an actor that nobody refers to is let go, although it has not ended', async () => {
  setFlagsFromString('--expose_gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const begun = () => {
    const { actor } = startActor(attemptMachine);
    actor.apply(started);
    return new WeakRef(actor);
  };
  const actors = Array.from({ length: 100 }, begun);
  // Only objects created before this turn of the event loop are certain to be collected.
  await new Promise(setImmediate);
  collectGarbage();
  expect(actors.filter((actor) => actor.deref()).length).toBeLessThan(10);
});

it('a stopped actor neither takes events nor tries again what failed', async () => {
  vi.useFakeTimers();
  let tries = 0;
  const failing = attemptMachine.provide({
    ...RETRY_POLICY,
    actors: {
      computeMetrics: fromPromise<void, ComputationInput>(async () => {
        tries += 1;
        throw new Error('fails');
      }),
    },
  });
  const start = () => {
    const { actor } = startActor(failing);
    for (const event of events) actor.apply(event);
    return actor;
  };
  const [stopped, running] = [start(), start()];
  await vi.advanceTimersByTimeAsync(1);
  expect([stopped.state.value, tries]).toEqual(['retrying', 2]);
  stopped.stop();
  await vi.advanceTimersByTimeAsync(300);
  expect([running.state.value, tries]).toEqual(['retrying', 3]);
  running.stop();

  const { actor: begun } = startActor(attemptMachine);
  begun.stop();
  begun.signal('attempt_expired');
  expect(begun.state.value).toBe('waiting_for_start');
});

it('an error inside an actor ends this actor, is told, and does not reach the process', () => {
  vi.useFakeTimers();
  const broken = attemptMachine.provide({
    actions: {
      select: () => {
        throw new Error('an action that throws');
      },
    },
  });
  const { actor, failures } = startActor(broken);
  const { actor: other } = startActor(broken);
  actor.apply(started);
  actor.apply(selected);
  expect(actor.hasFailed).toBe(true);
  expect(failures).toEqual([expect.objectContaining({ message: 'an action that throws' })]);
  // XState throws an unobserved error in a separate turn of the event loop.
  expect(() => vi.runAllTimers()).not.toThrow();
  other.apply(started);
  expect(other.hasFailed).toBe(false);
});

it('what does not follow is refused with an error, and changes nothing', () => {
  const { actor } = startActor(attemptMachine);
  actor.apply(started);
  expect(() => actor.apply(started)).toThrow(expect.objectContaining({ code: 'journal_unreplayable' }));
  const [, changed] = recorded(task, [starts(0), completes(1, 'A')]);
  expect(() => changed && actor.apply(changed)).toThrow(
    expect.objectContaining({ code: 'journal_unreplayable' }),
  );
  expect(actor.sequence_number).toBe(1);
  const [, reasoned] = recorded(task, [starts(0), startsReasoning(1)]);
  if (reasoned) actor.apply(reasoned);
  expect(actor.state.value).toEqual({ active: { decision: 'undecided', reasoning: 'writing' } });
});

it('given a recorded completion without results, when its session is loaded, then they are computed once', async () => {
  vi.useFakeTimers();
  const inputs: unknown[] = [];
  const compute = fromPromise<void, ComputationInput>(async ({ input }) => void inputs.push(input));
  const machine = attemptMachine.provide({ actors: { computeMetrics: compute, interpretMetrics: compute } });
  const attempt = {
    attempt_id: input.attempt_id,
    task_id: task.task_id,
    machine_id: machine.id,
    redeemed_at: new Date(),
    status: 'in_progress',
    is_locked: false,
  } as Attempt;
  const session = await loadSession(
    input.attempt_id,
    {
      findAttempt: async () => attempt,
      task: async () => task,
      findKey: async () => undefined,
      machine: () => machine,
    },
    {
      journal: {
        read: async function* () {
          yield* events;
        },
        append: () => Promise.reject(new Error('nothing is appended')),
        findRepeated: async () => undefined,
      },
      projector,
      feed: new AttemptFeed(),
      onUncertain: ignore,
      onClockAhead: ignore,
      onOverfull: ignore,
      onActorFailed: ignore,
      clock: clockOf(() => new Date()),
      correctsClientClocks: false,
      newEventId: () => 'f'.repeat(24),
      mailboxCapacity: 10,
    },
  );
  await vi.advanceTimersByTimeAsync(1);
  expect(session.state.value).toBe('locked');
  expect(inputs).toEqual([{ attempt_id: input.attempt_id }, { attempt_id: input.attempt_id }]);
});
