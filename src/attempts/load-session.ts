import type { AttemptMachine } from '../../machines/index.ts';
import { attemptNotRedeemed, notFound } from '../errors.ts';
import type { Task } from '../tasks/task.ts';
import { type Attempt, isRedeemed, type RedeemedAttempt } from './attempt.ts';
import { isCompleted, nextState } from './machine-state.ts';
import { replay } from './replay.ts';
import { Session, type SessionServices } from './session.ts';

/** Where a session finds what it begins with. */
export interface SessionSources {
  findAttempt(attempt_id: string): Promise<Attempt | undefined>;
  task(task_id: string): Promise<Task>;
  /** The published machine of this id with its invocations provided. */
  machine(machine_id: string): AttemptMachine;
}

/**
 * Rebuilds an attempt's session from its journal. What the machine invokes does not run during the replay; where the
 * results of a completed attempt are missing, its running actor is told the completion and computes them.
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
  if (redeemed) return new Session({ attempt, task, machine }, services);

  const events = await services.journal.read(attempt_id);
  services.projector.noteMissing(attempt, events);
  const last = events.at(-1);
  const isMissingResults = last?.event_type === 'task_completed' && !attempt.is_locked;
  const completion = isMissingResults ? last : undefined;
  const input = { attempt_id, requires_reasoning: task.requires_reasoning };
  let state = replay(machine, input, completion ? events.slice(0, -1) : events);
  if (isCompleted(state)) state = nextState(machine, state, { type: 'results_saved' });
  if (attempt.status === 'expired' && !completion && !isCompleted(state)) {
    state = nextState(machine, state, { type: 'attempt_expired' });
  }
  return new Session({ attempt, task, machine, state, last, completion }, services);
}
