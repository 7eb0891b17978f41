import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, expect, it, vi } from 'vitest';
import { fromPromise } from 'xstate';
import { attemptMachine, type ComputationInput } from '../../machines/attempt.machine.ts';
import { startActor, stopActor } from '../../src/attempts/attempt-actor.ts';
import { initialState, nextState } from '../../src/attempts/machine-state.ts';

const input = { attempt_id: 'a'.repeat(24), requires_reasoning: true };
const option = { option_id: 'b'.repeat(24), option_code: 'A' };

afterEach(() => {
  vi.useRealTimers();
});

it('an actor that nobody refers to is let go, although it has not ended', async () => {
  setFlagsFromString('--expose_gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const begun = () => {
    const actor = startActor(attemptMachine, initialState(attemptMachine, input));
    actor.send({ type: 'task_started', payload: {} });
    return new WeakRef(actor);
  };
  const actors = Array.from({ length: 100 }, begun);
  // Only what was referred to before this turn of the event loop is certain to be let go.
  await new Promise(setImmediate);
  collectGarbage();
  expect(actors.filter((actor) => actor.deref()).length).toBeLessThan(10);
});

it('a stopped actor neither takes events nor tries again what failed', async () => {
  vi.useFakeTimers();
  let tries = 0;
  const failing = attemptMachine.provide({
    actors: {
      computeMetrics: fromPromise<void, ComputationInput>(async () => {
        tries += 1;
        throw new Error('fails');
      }),
    },
  });
  const start = () => {
    const actor = startActor(failing, initialState(failing, input));
    actor.send({ type: 'task_started', payload: {} });
    actor.send({ type: 'option_selected', payload: option });
    const { option_id: final_option_id, option_code: final_option_code } = option;
    actor.send({ type: 'task_completed', payload: { final_option_id, final_option_code } });
    return actor;
  };
  const [stopped, running] = [start(), start()];
  await vi.advanceTimersByTimeAsync(1);
  expect([stopped.getSnapshot().value, tries]).toEqual(['retrying', 2]);
  stopActor(stopped);
  await vi.advanceTimersByTimeAsync(300);
  expect([running.getSnapshot().value, tries]).toEqual(['retrying', 3]);
  stopActor(running);

  const begun = startActor(attemptMachine, initialState(attemptMachine, input));
  stopActor(begun);
  begun.send({ type: 'task_started', payload: {} });
  expect(begun.getSnapshot().context.sequence_number).toBe(0);
});

it('an error inside an actor is not swallowed', () => {
  vi.useFakeTimers();
  const broken = attemptMachine.provide({
    guards: {
      requiresReasoning: () => {
        throw new Error('a guard that throws');
      },
    },
  });
  const actor = startActor(broken, initialState(broken, input));
  actor.send({ type: 'task_started', payload: {} });
  actor.send({ type: 'reasoning_started', payload: {} });
  expect(actor.getSnapshot().status).toBe('error');
  expect(() => vi.runAllTimers()).toThrow('a guard that throws');
});

it('a computation that a replay left to be run begins once, with what it needs', async () => {
  vi.useFakeTimers();
  const inputs: unknown[] = [];
  const watched = attemptMachine.provide({
    actors: {
      computeMetrics: fromPromise<void, ComputationInput>(async ({ input }) => void inputs.push(input)),
      interpretMetrics: fromPromise<void, ComputationInput>(async ({ input }) => void inputs.push(input)),
    },
  });
  const { option_id: final_option_id, option_code: final_option_code } = option;
  const replayed = [
    { type: 'task_started' as const, payload: {} },
    { type: 'option_selected' as const, payload: option },
    { type: 'task_completed' as const, payload: { final_option_id, final_option_code } },
  ].reduce((state, event) => nextState(watched, state, event), initialState(watched, input));
  const actor = startActor(watched, replayed);
  await vi.advanceTimersByTimeAsync(1);
  expect(actor.getSnapshot().value).toBe('locked');
  expect(inputs).toEqual([{ attempt_id: input.attempt_id }, { attempt_id: input.attempt_id }]);
});
