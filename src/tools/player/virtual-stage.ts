import { setImmediate } from 'node:timers/promises';
import { fromPromise } from 'xstate';
import type { ComputationInput } from '../../../machines/attempt-v1.machine.ts';
import { currentMachine } from '../../../machines/index.ts';
import { completeAttempt, takeBatch, verdictOf } from '../../attempts/intake.ts';
import { eventBatch } from '../../attempts/schemas.ts';
import { AttemptActor } from '../../attempts/session/attempt-actor.ts';
import { AttemptFeed } from '../../attempts/session/feed.ts';
import { Session } from '../../attempts/session/session.ts';
import type { SessionServices } from '../../attempts/session/session-services.ts';
import { readConfig } from '../../config.ts';
import { Refusal } from '../../errors.ts';
import type { RecordedEvent } from '../../events/recorded-event.ts';
import { interpretAndExplain } from '../../results/interpretation/interpret.ts';
import { computeMetrics } from '../../results/metrics/compute-metrics.ts';
import { parse } from '../../validation.ts';
import type { Scenario, SimulatedTask } from '../scenario/scenario.ts';
import { madeUpId, virtualTask } from '../scenario/simulated-task.ts';
import { play } from './play.ts';
import type { Results, Stage } from './stage.ts';

/** When every virtual attempt begins; any moment would do, but the same one makes all runs the same. */
const BEGINNING = Date.UTC(2025, 0, 15, 10, 0, 0);
/** How long an attempt lasts, as a server has it unless it is told otherwise. */
const ATTEMPT_TTL_MS = readConfig({}).attemptTtlSeconds * 1_000;

/** Results follow from the journal whenever they are asked for; nothing has to be stored before. */
const nothing = fromPromise<void, ComputationInput>(async () => undefined);
const machine = currentMachine.provide({ actors: { computeMetrics: nothing, interpretMetrics: nothing } });

/**
 * Sets a stage in virtual time, on which a step takes microseconds and the clock moves only by `reach`: the server's
 * own session, machine, formulas and rules, over a journal in memory.
 */
export async function virtualStage(simulated: SimulatedTask): Promise<Stage> {
  let elapsed = 0;
  const timeOf = (ms: number) => new Date(BEGINNING + ms);
  const task = virtualTask(simulated);
  const journal: RecordedEvent[] = [];
  const attempt_id = madeUpId('a7', 1);
  const expires_at = timeOf(ATTEMPT_TTL_MS);
  const user_id = madeUpId('c7', 1);
  const attempt = { attempt_id, user_id, task_id: task.task_id, redeemed_at: timeOf(0), expires_at };
  const services = servicesOver(journal, () => timeOf(elapsed));
  const { requires_reasoning } = task;
  const actor = new AttemptActor(machine, { attempt_id, requires_reasoning }, services);
  const session = new Session({ attempt, task, actor }, services);

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
      while (!session.isIdle) await setImmediate();
      return session.view;
    },
    [`/attempts/${attempt_id}/metrics`]: () => computeMetrics(journal, task),
    [`/attempts/${attempt_id}/skills?explain=true`]: () => {
      const { interpretation, explanation } = interpretAndExplain(computeMetrics(journal, task), task);
      return { ...interpretation, explanation };
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

/** What a session needs of a server, without anything that takes time. */
function servicesOver(events: RecordedEvent[], now: () => Date): SessionServices {
  const ignore = () => undefined;
  const findRepeated = async (_attempt_id: string, client_event_id: string) =>
    events.find((event) => event.client_event_id === client_event_id);
  return {
    journal: {
      append: async (event) => {
        const { attempt_id, client_event_id } = event;
        const first = client_event_id && (await findRepeated(attempt_id, client_event_id));
        if (first) return { outcome: 'repeated', first };
        events.push(event);
        return { outcome: 'stored' };
      },
      read: async function* (_attempt_id, { after = 0 } = {}) {
        yield* events.slice(after);
      },
      findRepeated,
    },
    feed: new AttemptFeed(),
    // There is no stored attempt to follow the journal.
    projector: { noteRecorded: ignore, noteExpired: ignore, noteMissing: ignore },
    onUncertain: ignore,
    onClockAhead: ignore,
    onOverfull: ignore,
    onActorFailed: (_attempt_id, error) => {
      throw error;
    },
    now,
    correctsClientClocks: false,
    newEventId: () => madeUpId('e7', events.length + 1),
    mailboxCapacity: 1000,
  };
}

/** What a scenario would lead to, without any waiting. @throws Error where it does not complete its attempt. */
export async function rehearse({ task, steps }: Pick<Scenario, 'task' | 'steps'>): Promise<Results> {
  const { results } = await play({ steps }, await virtualStage(task));
  if (!results) throw new Error('A scenario without a completion has no results to rehearse.');
  return results;
}
