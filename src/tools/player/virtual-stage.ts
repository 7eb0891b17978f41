import { setImmediate } from 'node:timers/promises';
import { completeAttempt, refuseTooLarge, takeBatch, takeEvent, verdictOf } from '../../attempts/intake.ts';
import { Refusal } from '../../errors.ts';
import { interpretAndExplain } from '../../results/interpretation/interpret.ts';
import { computeMetrics } from '../../results/metrics/compute-metrics.ts';
import type { Task } from '../../tasks/task.ts';
import { ApiError } from '../api-client.ts';
import type { Scenario, SimulatedTask } from '../scenario/scenario.ts';
import { virtualTask } from '../scenario/simulated-task.ts';
import { play } from './play.ts';
import type { Results, Stage } from './stage.ts';
import { openVirtualSession, type VirtualSession } from './virtual-session.ts';

/** When every virtual attempt begins; any moment would do, but the same one makes all runs the same. */
const BEGINNING = Date.UTC(2025, 0, 15, 10, 0, 0);

/** Sets a stage in virtual time, on which a step takes microseconds and the clock moves only by `reach`. */
export async function virtualStage(simulated: SimulatedTask): Promise<Stage> {
  let elapsed = 0;
  const timeOf = (ms: number) => new Date(BEGINNING + ms);
  const task = virtualTask(simulated);
  const virtual = openVirtualSession(task, () => timeOf(elapsed));
  return {
    candidate: {
      call: async <T>(method: string, path: string, body?: unknown) => {
        // Through JSON, because that is what is left of a body on its way to a server.
        const sent = body && JSON.parse(JSON.stringify(body));
        try {
          return (await answer(virtual, task, path, sent)) as T;
        } catch (error) {
          throw error instanceof Refusal
            ? new ApiError(`${method} ${path}`, error.status, { ...verdictOf(error) })
            : error;
        }
      },
    },
    attempt_id: virtual.session.attempt.attempt_id,
    options: task.options,
    reach: async (ms) => {
      elapsed = ms;
    },
    timeOf,
  };
}

/** What the server's routes would answer the candidate. @throws Refusal */
async function answer({ session, journal }: VirtualSession, task: Task, path: string, body: unknown) {
  switch (path.replace(session.attempt.attempt_id, ':attempt_id')) {
    case '/events':
      refuseTooLarge(body);
      return takeEvent(session, body);
    case '/events/batch':
      return { results: await takeBatch(session, (body as { events: unknown[] }).events) };
    case '/attempts/:attempt_id/complete':
      return completeAttempt(session, body);
    case '/attempts/:attempt_id':
      while (!session.isIdle) await setImmediate();
      return session.view;
    case '/attempts/:attempt_id/metrics':
      return computeMetrics(journal, task);
    case '/attempts/:attempt_id/skills?explain=true': {
      const { interpretation, explanation } = interpretAndExplain(computeMetrics(journal, task), task);
      return { ...interpretation, explanation };
    }
    default:
      throw new Error(`Nobody answers ${path} in virtual time.`);
  }
}

/** What a scenario would lead to, without any waiting. @throws Error where it does not complete its attempt. */
export async function rehearse({ task, steps }: Pick<Scenario, 'task' | 'steps'>): Promise<Results> {
  const { results } = await play({ steps }, await virtualStage(task));
  if (!results) throw new Error('A scenario without a completion has no results to rehearse.');
  return results;
}
