import type { Logger } from 'pino';
import { fromPromise } from 'xstate';
import type { ComputationInput } from '../../machines/attempt-v1.machine.ts';
import type { AttemptMachine } from '../../machines/index.ts';
import type { AttemptFacts } from '../attempts/attempt.ts';
import type { AttemptProjector } from '../attempts/stored/attempt-projector.ts';
import { type Projection, projectionOfAll } from '../attempts/stored/projection.ts';
import { JournalTooLarge } from '../journal/completed-reader.ts';
import type { Journal } from '../journal/journal.ts';
import type { TaskStore } from '../tasks/task-store.ts';
import type { ResultStore } from './result-store.ts';
import { RETRY_POLICY } from './retry-policy.ts';
import { sealContent } from './seal.ts';
import type { SealStore } from './seal-store.ts';
import type { TooLargeAttempts } from './too-large.ts';
import { type AnyInterpretation, type AnyMetrics, CURRENT_RESULTS, resultsVersion } from './versions.ts';

export interface FinaliseServices {
  journal: Journal;
  /** Who made the attempt and at which task. */
  facts(attempt_id: string): Promise<AttemptFacts>;
  projector: Pick<AttemptProjector, 'lock'>;
  tasks: TaskStore;
  results: ResultStore;
  seals: Pick<SealStore, 'save'>;
  tooLarge: TooLargeAttempts;
  /** Called when an attempt turns out to have more events than results can be computed from. */
  onTooLarge(attempt_id: string): void;
  /** Called when an attempt was locked. @param completed_at when its last event was recorded */
  onLocked(completed_at: Date): void;
  log: Logger;
}

/** What the first step leaves to the second. */
interface Measured {
  metrics: AnyMetrics;
  projection: Partial<Projection>;
  event_count: number;
  /** Absent without a chain. */
  head_digest: string | undefined;
}

/**
 * What the machine invokes after the last event. Both steps read what they need from the database and may be
 * repeated at will: each result is saved once per attempt, and only then is the attempt locked.
 */
export function withComputations(machine: AttemptMachine, services: FinaliseServices): AttemptMachine {
  const { journal, projector, tasks, results, seals, tooLarge, log, onLocked } = services;
  /** By attempt. */
  const measured = new Map<string, Measured>();

  const find = async (attempt_id: string) => {
    const attempt = await services.facts(attempt_id);
    return { attempt, task: await tasks.get(attempt.task_id) };
  };

  const setAside = (attempt_id: string) => {
    tooLarge.add(attempt_id);
    services.onTooLarge(attempt_id);
    log.error({ attempt_id }, 'An attempt is so large that its results cannot be computed');
  };

  /** The machine retries a failed step by itself; the log has to say why it had to. */
  const step = (name: string, run: (attempt_id: string) => Promise<void>) =>
    fromPromise<void, ComputationInput>(async ({ input: { attempt_id } }) => {
      if (tooLarge.has(attempt_id)) throw new JournalTooLarge(`Attempt ${attempt_id} was too large before.`);
      try {
        await run(attempt_id);
      } catch (error) {
        if (error instanceof JournalTooLarge) setAside(attempt_id);
        else log.error({ err: error, attempt_id }, `${name} failed and will be tried again`);
        throw error;
      }
    });

  const saveSeal = async (attempt: AttemptFacts, found: Measured, profile: AnyInterpretation) => {
    const { chain, attempt_id } = attempt;
    const { metrics, event_count, head_digest } = found;
    // An attempt that was redeemed under an earlier release has no chain, so there is nothing to seal.
    if (!chain || head_digest === undefined) return;
    await seals.save(sealContent({ attempt_id, event_count, head_digest, metrics, profile }, chain), chain);
  };

  return machine.provide({
    delays: RETRY_POLICY.delays,
    guards: {
      retriesExhausted: ({ context }) =>
        tooLarge.has(context.attempt_id) || RETRY_POLICY.guards.retriesExhausted({ context }),
    },
    actors: {
      computeMetrics: step('Computing the metrics', async (attempt_id) => {
        const { task } = await find(attempt_id);
        const { computed, projection, end } = await journal.withCompleted(attempt_id, (events) => ({
          computed: CURRENT_RESULTS.computeMetrics(events, task),
          projection: projectionOfAll(events),
          end: { event_count: events.length, head_digest: events.at(-1)?.digest },
        }));
        const isFirst = await results.saveMetrics(attempt_id, computed);
        const metrics = isFirst ? computed : await results.findMetrics(attempt_id);
        if (!metrics) throw new Error(`The metrics of attempt ${attempt_id} are not saved.`);
        measured.set(attempt_id, { metrics, projection, ...end });
      }),
      interpretMetrics: step('Interpreting the metrics', async (attempt_id) => {
        const { attempt, task } = await find(attempt_id);
        const found = measured.get(attempt_id);
        if (!found) throw new Error(`The metrics of attempt ${attempt_id} were not computed.`);
        measured.delete(attempt_id);
        // Metrics that an earlier release had saved before it stopped are read by the rules of their own version.
        const { interpret } = resultsVersion(found.metrics.version);
        const profile = interpret(found.metrics, task);
        await Promise.all([results.saveProfile(attempt, profile), saveSeal(attempt, found, profile)]);
        await projector.lock(attempt_id, found.projection);
        if (found.projection.completed_at) onLocked(found.projection.completed_at);
      }),
    },
  });
}
