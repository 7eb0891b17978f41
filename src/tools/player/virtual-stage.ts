import { completeAttempt, takeBatch, verdictOf } from '../../attempts/intake.ts';
import { eventBatch } from '../../attempts/schemas.ts';
import type { AttemptView } from '../../attempts/session/feed.ts';
import { allowedEvents, statusOf } from '../../attempts/session/machine-state.ts';
import type { Session } from '../../attempts/session/session.ts';
import { readConfig } from '../../config.ts';
import { Refusal } from '../../errors.ts';
import type { RecordedEvent } from '../../events/recorded-event.ts';
import { interpretAndExplain } from '../../results/interpretation/interpret.ts';
import { computeMetrics } from '../../results/metrics/compute-metrics.ts';
import type { Task } from '../../tasks/task.ts';
import { parse } from '../../validation.ts';
import type { Scenario, SimulatedTask } from '../scenario/scenario.ts';
import { madeUpId, virtualTask } from '../scenario/simulated-task.ts';
import { play } from './play.ts';
import type { Results, Stage } from './stage.ts';
import { VirtualAttempt } from './virtual-attempt.ts';

/** When every virtual attempt begins; any moment would do, but the same one makes all runs the same. */
const BEGINNING = Date.UTC(2025, 0, 15, 10, 0, 0);
/** How long an attempt lasts, as a server has it unless it is told otherwise. */
const ATTEMPT_TTL_MS = readConfig({}).attemptTtlSeconds * 1_000;

const timeOf = (ms: number) => new Date(BEGINNING + ms);

/** The same for everybody; nobody sees it, and there is nobody else in a virtual attempt. */
const ATTEMPT = {
  attempt_id: madeUpId('a7', 1),
  user_id: madeUpId('c7', 1),
  redeemed_at: timeOf(0),
  expires_at: timeOf(ATTEMPT_TTL_MS),
};

/** Sets a stage in virtual time, on which a step takes microseconds and the clock moves only by `reach`. */
export async function virtualStage(simulated: SimulatedTask): Promise<Stage> {
  let elapsed = 0;
  const task = virtualTask(simulated);
  const { attempt_id } = ATTEMPT;
  const attempt: VirtualAttempt = new VirtualAttempt(
    { attempt: { ...ATTEMPT, task_id: task.task_id }, task },
    {
      now: () => timeOf(elapsed),
      newEventId: () => madeUpId('e7', attempt.journal.length + 1),
    },
  );
  const { session } = attempt;
  let results: Results | undefined;

  const routes: Record<string, (body: unknown) => unknown> = {
    // The server judges an event that is sent alone as it does a batch of one.
    '/events': async (event) => (await takeBatch(session, [event]))[0],
    '/events/batch': async (body) => ({
      results: await takeBatch(session, parse(eventBatch, body).events),
    }),
    [`/attempts/${attempt_id}/complete`]: (body) =>
      completeAttempt(session, body).catch((error) => {
        if (error instanceof Refusal) return verdictOf(error);
        throw error;
      }),
    [`/attempts/${attempt_id}`]: async () => {
      await attempt.settle();
      return viewOf(session);
    },
    [`/attempts/${attempt_id}/metrics`]: () => {
      results ??= resultsOf(attempt.journal, task);
      return results.metrics;
    },
    [`/attempts/${attempt_id}/skills?explain=true`]: () => {
      results ??= resultsOf(attempt.journal, task);
      return results.profile;
    },
  };
  return {
    candidate: {
      // Through JSON, because that is what is left of a body on its way to a server.
      call: async <T>(_method: string, path: string, body: unknown = null) =>
        (await routes[path]?.(JSON.parse(JSON.stringify(body)))) as T,
    },
    attempt_id,
    options: task.options,
    reach: async (ms) => {
      elapsed = ms;
    },
    timeOf,
  };
}

/** The session's view, but the machine is asked what it allows only where somebody wants to know. */
function viewOf({ state }: Session): AttemptView {
  return {
    state: state.value,
    sequence_number: state.context.sequence_number,
    status: statusOf(state),
    get allowed_events() {
      return allowedEvents(state);
    },
  };
}

function resultsOf(journal: readonly RecordedEvent[], task: Task): Results {
  const metrics = computeMetrics(journal, task);
  const { interpretation, explanation } = interpretAndExplain(metrics, task);
  return { metrics, profile: { ...interpretation, explanation } };
}

/** What a scenario would lead to, without any waiting. @throws Error where it does not complete its attempt. */
export async function rehearse({ task, steps }: Pick<Scenario, 'task' | 'steps'>): Promise<Results> {
  const { results } = await play({ steps }, await virtualStage(task));
  if (!results) throw new Error('A scenario without a completion has no results to rehearse.');
  return results;
}
