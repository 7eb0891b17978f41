import type { AttemptMachine } from '../../machines/index.ts';
import { attemptNotRedeemed, notFound } from '../errors.ts';
import type { Task } from '../tasks/task.ts';
import { type Attempt, isRedeemed, type RedeemedAttempt } from './attempt.ts';
import { initialState, isCompleted, nextState } from './machine-state.ts';
import { missingProjection } from './projection.ts';
import { continueReplay } from './replay.ts';
import { Session, type SessionServices } from './session.ts';

/** Where a session finds what it begins with. */
export interface SessionSources {
  findAttempt(attempt_id: string): Promise<Attempt | undefined>;
  task(task_id: string): Promise<Task>;
  /** The published machine of this id with its invocations provided. */
  machine(machine_id: string): AttemptMachine;
}

/**
 * Rebuilds an attempt's session from its journal. What the machine invokes does not run during the replay; a
 * computation that was pending runs once when the session's actor starts.
 * @param redeemed the attempt where it was redeemed just now, so that nothing need be read
 * @throws Refusal 404 `not_found`, 409 `attempt_not_redeemed`
 * @throws UnreplayableJournal when the machine does not allow what the journal holds.
 */
export async function loadSession(
  attempt_id: string,
  sources: SessionSources,
  services: SessionServices,
  redeemed?: RedeemedAttempt,
): Promise<Session> {
  const attempt = redeemed ?? (await sources.findAttempt(attempt_id));
  if (!attempt) throw notFound(`There is no attempt ${attempt_id}.`);
  if (!isRedeemed(attempt)) throw attemptNotRedeemed('The token of this attempt has not been redeemed yet.');

  const task = await sources.task(attempt.task_id);
  const machine = sources.machine(attempt.machine_id);
  const events = redeemed ? [] : await services.journal.read(attempt_id);
  const input = { attempt_id, requires_reasoning: task.requires_reasoning };
  let state = continueReplay(machine, initialState(machine, input), events);
  if (attempt.is_locked && isCompleted(state)) state = nextState(machine, state, { type: 'results_saved' });
  if (attempt.status === 'expired' && !isCompleted(state)) {
    state = nextState(machine, state, { type: 'attempt_expired' });
  }

  const change = missingProjection(attempt, events);
  if (change) services.project(attempt_id, change);
  const last_recorded_at = events.at(-1)?.timestamp_server;
  return new Session({ attempt, task, machine, state, last_recorded_at }, services);
}
