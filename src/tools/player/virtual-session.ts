import { fromPromise } from 'xstate';
import type { ComputationInput } from '../../../machines/attempt-v1.machine.ts';
import { currentMachine } from '../../../machines/index.ts';
import type { RedeemedAttempt } from '../../attempts/attempt.ts';
import { AttemptFeed } from '../../attempts/session/feed.ts';
import { loadSession } from '../../attempts/session/load-session.ts';
import type { Session } from '../../attempts/session/session.ts';
import { interpretAndExplain } from '../../results/interpretation/interpret.ts';
import { computeMetrics } from '../../results/metrics/compute-metrics.ts';
import type { Task } from '../../tasks/task.ts';
import { madeUpId } from '../scenario/simulated-task.ts';
import { MemoryJournal } from './memory-journal.ts';
import type { Results } from './stage.ts';

/** How long an attempt lasts, as a server has it unless it is told otherwise. */
const ATTEMPT_TTL_MS = 86_400_000;

/** A session without a server. */
export interface VirtualSession {
  session: Session;
  /** There once the attempt is completed. */
  results?: Results;
  /** Why computing the results failed; the machine alone would only try again, on a real clock. */
  failure?: unknown;
}

/**
 * A session as the server loads and runs it, with the server's machine, decisions, formulas and rules, but over
 * a journal in memory and the clock `now`. Its attempt begins when it is opened.
 */
export async function openVirtualSession(task: Task, now: () => Date): Promise<VirtualSession> {
  const journal = new MemoryJournal();
  const computed: Omit<VirtualSession, 'session'> = {};
  // Both computations in the first of the two steps: nothing is stored between them here.
  const machine = currentMachine.provide({
    actors: {
      computeMetrics: fromPromise<void, ComputationInput>(async () => {
        try {
          computed.results = resultsOf(journal, task);
        } catch (error) {
          computed.failure = error;
          throw error;
        }
      }),
      interpretMetrics: fromPromise<void, ComputationInput>(async () => undefined),
    },
  });
  const attempt = redeemedAttempt(task, now());
  let events = 0;
  const session = await loadSession(
    attempt.attempt_id,
    { findAttempt: async () => attempt, task: async () => task, machine: () => machine },
    {
      journal,
      feed: new AttemptFeed(),
      // There is no stored attempt to follow the journal.
      projector: {
        noteRecorded: () => undefined,
        noteExpired: () => undefined,
        noteMissing: () => undefined,
      },
      onUncertain: () => undefined,
      onActorFailed: (_attempt_id, error) => {
        computed.failure ??= error;
      },
      now,
      newEventId: () => madeUpId('e7', ++events),
      mailboxCapacity: 1000,
    },
  );
  return Object.assign(computed, { session });
}

function resultsOf(journal: MemoryJournal, task: Task): Results {
  const metrics = computeMetrics(journal.events, task);
  const { interpretation, explanation } = interpretAndExplain(metrics, task);
  return { metrics, profile: { ...interpretation, explanation } };
}

function redeemedAttempt(task: Task, now: Date): RedeemedAttempt {
  return {
    attempt_id: madeUpId('a7', 1),
    user_id: madeUpId('c7', 1),
    task_id: task.task_id,
    issued_by: madeUpId('c7', 2),
    candidate_email: null,
    status: 'pending',
    is_locked: false,
    machine_id: currentMachine.id,
    redeemed_at: now,
    started_at: null,
    completed_at: null,
    final_selection: null,
    reasoning_text: null,
    created_at: now,
    expires_at: new Date(now.getTime() + ATTEMPT_TTL_MS),
    revoked_at: null,
  };
}
