import type { AttemptMachine, AttemptSnapshot } from '../../machines/index.ts';
import { Refusal } from '../errors.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';
import { accepts, initialState, nextState, toMachineEvent } from './machine-state.ts';

/** The journal of an attempt holds what its machine does not allow: nothing can be decided on it. */
export class UnreplayableJournal extends Refusal {
  /** @param cause what does not fit, for the log; callers learn only that this one attempt is broken. */
  constructor(cause: string) {
    super(500, 'journal_unreplayable', 'The record of this attempt is damaged; please report it.');
    this.cause = cause;
  }
}

/**
 * The state that recorded events lead to, one after the other, without running what the machine invokes.
 * @throws UnreplayableJournal on a gap in the numbers or an event that the machine refuses.
 */
export function replay(
  machine: AttemptMachine,
  input: { attempt_id: string; requires_reasoning: boolean },
  events: Iterable<RecordedEvent>,
): AttemptSnapshot {
  return continueReplay(machine, initialState(machine, input), events);
}

/** As `replay`, from a state on which part of the journal was already applied. */
export function continueReplay(
  machine: AttemptMachine,
  from: AttemptSnapshot,
  events: Iterable<RecordedEvent>,
): AttemptSnapshot {
  let state = from;
  for (const event of events) {
    const expected = state.context.sequence_number + 1;
    const place = `attempt ${event.attempt_id}, event ${event.sequence_number} (${event.event_type})`;
    if (event.sequence_number !== expected)
      throw new UnreplayableJournal(`${place}: expected number ${expected}`);
    if (!accepts(state, toMachineEvent(event))) {
      throw new UnreplayableJournal(`${place}: ${machine.id} refuses it in ${JSON.stringify(state.value)}`);
    }
    state = nextState(machine, state, toMachineEvent(event));
  }
  return state;
}
