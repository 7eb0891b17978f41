import { describe, expect, it } from 'vitest';
import { createActor, fromPromise, SimulatedClock, waitFor } from 'xstate';
import type { ComputationInput } from '../../machines/attempt-v1.machine.ts';
import { type AttemptSnapshot, currentMachine } from '../../machines/index.ts';
import { allowedEvents, statusOf } from '../../src/attempts/session/machine-state.ts';
import { RETRY_POLICY } from '../../src/results/retry-policy.ts';
import { PATIENCE_MS } from '../support/patience.ts';

/** What a computation does on its nth run, counted from 1. */
type Computation = (run: number) => Promise<void>;

const succeeds: Computation = async () => undefined;
const fails: Computation = async () => {
  throw new Error('the disk is full');
};
const neverEnds: Computation = () => new Promise(() => undefined);

/** A newly completed attempt with these computations, on a clock that stands still. */
function completed(computeMetrics: Computation, interpretMetrics: Computation = succeeds) {
  const clock = new SimulatedClock();
  const runs = { metrics: 0, interpretation: 0 };
  const asked: string[] = [];
  const counting = (name: keyof typeof runs, computation: Computation) =>
    fromPromise<void, ComputationInput>(({ input }) => {
      asked.push(input.attempt_id);
      runs[name] += 1;
      return computation(runs[name]);
    });
  const machine = currentMachine.provide({
    ...RETRY_POLICY,
    actors: {
      computeMetrics: counting('metrics', computeMetrics),
      interpretMetrics: counting('interpretation', interpretMetrics),
    },
  });
  const input = { attempt_id: 'a1', requires_reasoning: false };
  const actor = createActor(machine, { clock, input }).start();
  const option = { option_id: 'x', option_code: 'X' };
  actor.send({ type: 'task_started', payload: {} });
  actor.send({ type: 'option_selected', payload: option });
  actor.send({ type: 'task_completed', payload: { final_option_id: 'x', final_option_code: 'X' } });
  const reaches = (state: 'locked' | 'failed' | 'computing') =>
    waitFor(actor, (snapshot) => snapshot.matches(state), { timeout: PATIENCE_MS });
  const fallsBack = (failures: number) =>
    waitFor(actor, (now) => now.matches('retrying') && now.context.failures === failures, {
      timeout: PATIENCE_MS,
    });
  return { actor, clock, runs, asked, reaches, fallsBack };
}

const isDone = ({ status }: AttemptSnapshot) => status === 'done';

describe('after the completion', () => {
  it('computes the metrics, then interprets them, then is locked for good', async () => {
    const { actor, runs, asked, reaches } = completed(succeeds);
    expect(actor.getSnapshot().value).toEqual({ computing: 'metrics' });
    const locked = await reaches('locked');
    expect(isDone(locked)).toBe(true);
    expect(runs).toEqual({ metrics: 1, interpretation: 1 });
    expect(asked).toEqual(['a1', 'a1']);
    expect(statusOf(locked)).toBe('completed');
    expect(allowedEvents(locked)).toEqual([]);
  });

  it('interprets only once the metrics are there', async () => {
    let finish: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const { runs, reaches } = completed(() => finished);
    expect(runs).toEqual({ metrics: 1, interpretation: 0 });
    finish();
    await reaches('locked');
  });

  it('tries again after a failure of either step, with the metrics first', async () => {
    const onceBroken: Computation = (run) => (run === 1 ? fails(run) : succeeds(run));
    const { clock, runs, reaches, fallsBack } = completed(succeeds, onceBroken);
    await fallsBack(1);
    clock.increment(250);
    await reaches('locked');
    expect(runs).toEqual({ metrics: 2, interpretation: 2 });
  });

  it('waits twice as long after each failure, up to 16 s, and gives up after the eighth', async () => {
    const { actor, clock, runs, reaches, fallsBack } = completed(fails);
    for (const [index, backOff] of [250, 500, 1000, 2000, 4000, 8000, 16_000].entries()) {
      await fallsBack(index + 1);
      clock.increment(backOff - 1);
      expect(actor.getSnapshot().value).toBe('retrying');
      expect(statusOf(actor.getSnapshot())).toBe('completed');
      clock.increment(1);
    }
    const failed = await reaches('failed');
    expect(runs.metrics).toBe(8);
    expect(statusOf(failed)).toBe('completed');
    clock.increment(3_600_000);
    expect(actor.getSnapshot().value).toBe('failed');
    expect(runs.metrics).toBe(8);
  });

  it('begins again from `failed` when asked to, with all its tries', async () => {
    const { actor, clock, reaches, fallsBack } = completed((run) => (run <= 9 ? fails(run) : succeeds(run)));
    for (let failures = 1; failures <= 7; failures += 1) {
      await fallsBack(failures);
      clock.increment(16_000);
    }
    await reaches('failed');
    actor.send({ type: 'retry_requested' });
    await fallsBack(1);
    clock.increment(250);
    await reaches('locked');
  });

  it('takes a request to retry only when it has given up', async () => {
    const { actor, reaches } = completed(succeeds);
    expect(actor.getSnapshot().can({ type: 'retry_requested' })).toBe(false);
    expect((await reaches('locked')).can({ type: 'retry_requested' })).toBe(false);
  });

  it.each([
    ['computing', neverEnds, 0],
    ['retrying', fails, 1],
  ] as const)(
    'is locked by results that another process has saved, while %s',
    async (_, compute, failures) => {
      const { actor, fallsBack, runs } = completed(compute);
      if (failures) await fallsBack(failures);
      actor.send({ type: 'results_saved' });
      expect(actor.getSnapshot().value).toBe('locked');
      expect(runs.interpretation).toBe(0);
    },
  );

  it('is locked by results that another process has saved, when it had given up', async () => {
    const { actor, clock, reaches, fallsBack } = completed(fails);
    for (let failures = 1; failures <= 7; failures += 1) {
      await fallsBack(failures);
      clock.increment(16_000);
    }
    await reaches('failed');
    actor.send({ type: 'results_saved' });
    expect(actor.getSnapshot().value).toBe('locked');
  });

  it('goes on in a new process with a computation that was pending, once', async () => {
    const before = completed(neverEnds);
    const snapshot = before.actor.getSnapshot();
    before.actor.stop();
    let runs = 0;
    const counted = fromPromise<void, ComputationInput>(async () => {
      runs += 1;
    });
    const machine = currentMachine.provide({
      actors: { computeMetrics: counted, interpretMetrics: counted },
    });
    const actor = createActor(machine, { snapshot, input: snapshot.context }).start();
    await waitFor(actor, (now) => now.matches('locked'), { timeout: PATIENCE_MS });
    expect(runs).toBe(2);
  });
});
