import type { AttemptInput } from '../../../machines/attempt-v1.machine.ts';
import type { AttemptMachine, AttemptSnapshot } from '../../../machines/index.ts';
import { attemptNotRedeemed, notFound } from '../../errors.ts';
import type { RecordedEvent } from '../../events/recorded-event.ts';
import type { Task } from '../../tasks/task.ts';
import { type Attempt, isRedeemed, type RedeemedAttempt } from '../attempt.ts';
import { nextState } from './machine-state.ts';
import { replay } from './replay.ts';
import { Session } from './session.ts';
import type { SessionServices } from './session-services.ts';

/** Where a session's starting data come from. */
export interface SessionSources {
  findAttempt(attempt_id: string): Promise<Attempt | undefined>;
  task(task_id: string): Promise<Task>;
  /** The published machine with this id, with its computations provided. */
  machine(machine_id: string): AttemptMachine;
}

/**
 * Rebuilds an attempt's session from its journal. If a completed attempt has no results yet, its actor computes
 * them.
 * @param redeemed the attempt, if it was redeemed just now; nothing is then read from the database
 * @throws Refusal 404 `not_found`, 409 `attempt_not_redeemed`
 * @throws UnreplayableJournal if the journal contains events that the machine does not allow.
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
  if (redeemed) return new Session({ attempt, task, machine, events: [] }, services);

  const events = await services.journal.read(attempt_id);
  services.projector.noteMissing(attempt, events);
  const input = { attempt_id, requires_reasoning: task.requires_reasoning };
  const ended = endedState(attempt, machine, input, events);
  return new Session({ attempt, task, machine, ended, events }, services);
}

/** The final state of a locked or expired attempt, found by replay alone, without running an actor. */
function endedState(
  attempt: Attempt,
  machine: AttemptMachine,
  input: AttemptInput,
  events: readonly RecordedEvent[],
): AttemptSnapshot | undefined {
  const isCompleted = events.at(-1)?.event_type === 'task_completed';
  if (isCompleted && attempt.is_locked) {
    return nextState(machine, replay(machine, input, events), { type: 'results_saved' });
  }
  if (!isCompleted && attempt.status === 'expired') {
    return nextState(machine, replay(machine, input, events), { type: 'attempt_expired' });
  }
  return undefined;
}
