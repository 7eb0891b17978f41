import { setImmediate } from 'node:timers/promises';
import { completeAttempt, takeBatch, verdictOf } from '../../attempts/intake.ts';
import { Refusal } from '../../errors.ts';
import { interpretAndExplain } from '../../results/interpretation/interpret.ts';
import { computeMetrics } from '../../results/metrics/compute-metrics.ts';
import type { Scenario, SimulatedTask } from '../scenario/scenario.ts';
import { virtualTask } from '../scenario/simulated-task.ts';
import { play } from './play.ts';
import type { Answer, PostedEvent, Results, Stage } from './stage.ts';
import { openVirtualSession } from './virtual-session.ts';

/** When every virtual attempt begins; any moment would do, but the same one makes all runs the same. */
const BEGINNING = Date.UTC(2025, 0, 15, 10, 0, 0);

/** Sets a stage in virtual time, on which a step takes microseconds and the clock moves only by `reach`. */
export async function virtualStage(simulated: SimulatedTask): Promise<Stage> {
  let elapsed = 0;
  const timeOf = (ms: number) => new Date(BEGINNING + ms);
  const task = virtualTask(simulated);
  const { session, journal } = openVirtualSession(task, () => timeOf(elapsed));
  const { attempt_id } = session.attempt;
  const submitBatch = (events: readonly PostedEvent[]): Promise<readonly Answer[]> =>
    // Through JSON, because that is what is left of an event on its way to a server.
    takeBatch(session, JSON.parse(JSON.stringify(events.map((event) => ({ ...event, attempt_id })))));
  return {
    optionIds: new Map(task.options.map((option) => [option.option_code, option.option_id])),
    reach: async (ms) => {
      elapsed = ms;
    },
    timeOf,
    // The server judges an event alone as it does a batch of one.
    submit: async (event) => (await submitBatch([event]))[0] as Answer,
    submitBatch,
    complete: (details) =>
      completeAttempt(session, details).catch((error) => {
        if (error instanceof Refusal) return verdictOf(error);
        throw error;
      }),
    view: async () => {
      while (!session.isIdle) await setImmediate();
      return session.view;
    },
    results: async () => {
      const metrics = computeMetrics(journal, task);
      const { interpretation, explanation } = interpretAndExplain(metrics, task);
      return { metrics, profile: { ...interpretation, explanation } };
    },
    leave: () => session.stop(),
  };
}

/** What a scenario would lead to, without any waiting. @throws Error where it does not complete its attempt. */
export async function rehearse({ task, steps }: Pick<Scenario, 'task' | 'steps'>): Promise<Results> {
  const { results } = await play({ steps }, await virtualStage(task));
  if (!results) throw new Error('A scenario without a completion has no results to rehearse.');
  return results;
}
