import type { AttemptMachine, AttemptSnapshot, MachineEvent } from '../../../machines/index.ts';
import { UnreplayableJournal } from '../../errors.ts';
import type { RecordedEvent } from '../../events/recorded-event.ts';
import { accepts, nextState, toMachineEvent } from './machine-steps.ts';

/**
 * The state after all of these recorded events, without running the machine's invocations.
 * @param from the state before them
 * @throws UnreplayableJournal if a number is missing or the machine refuses an event.
 */
export function continueReplay(
  machine: AttemptMachine,
  from: AttemptSnapshot,
  events: Iterable<RecordedEvent>,
): AttemptSnapshot {
  let state = from;
  for (const event of events) state = nextState(machine, state, nextMachineEvent(state, event));
  return state;
}

/** Like `continueReplay`, for events that are still being read. */
export async function replayStream(
  machine: AttemptMachine,
  from: AttemptSnapshot,
  events: AsyncIterable<RecordedEvent>,
): Promise<AttemptSnapshot> {
  let state = from;
  for await (const event of events) state = continueReplay(machine, state, [event]);
  return state;
}

/**
 * The next recorded event in the form the machine accepts.
 * @throws UnreplayableJournal if it does not have the next number, or the machine refuses it in this state.
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
