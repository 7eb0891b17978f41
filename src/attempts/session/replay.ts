import type { AttemptMachine, AttemptSnapshot, MachineEvent } from '../../../machines/index.ts';
import { UnreplayableJournal } from '../../errors.ts';
import type { RecordedEvent } from '../../events/recorded-event.ts';
import { accepts, initialState, nextState, toMachineEvent } from './machine-state.ts';

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
  for (const event of events) state = nextState(machine, state, nextMachineEvent(state, event));
  return state;
}

/**
 * The next recorded event as the machine takes it.
 * @throws UnreplayableJournal when it has not the next number, or the machine refuses it in this state.
 */
export function nextMachineEvent(state: AttemptSnapshot, event: RecordedEvent): MachineEvent {
  const { attempt_id, sequence_number, event_type } = event;
  const place = `attempt ${attempt_id}, event ${sequence_number} (${event_type})`;
  const expected = state.context.sequence_number + 1;
  if (sequence_number !== expected) throw new UnreplayableJournal(`${place}: expected number ${expected}`);
  const machineEvent = toMachineEvent(event);
  if (accepts(state, machineEvent)) return machineEvent;
  throw new UnreplayableJournal(`${place}: ${state.machine.id} refuses it in ${JSON.stringify(state.value)}`);
}
