import { type AnyStateNode, getMicrosteps } from 'xstate';
import type { AttemptMachine, AttemptSnapshot } from '../../machines/index.ts';
import type { AttemptView } from '../attempts/session/feed.ts';
import { viewOf } from '../attempts/session/machine-state.ts';
import { toMachineEvent } from '../attempts/session/machine-steps.ts';
import { continueReplay } from '../attempts/session/replay.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';

/** An arrow of the machine's picture, given by the dotted state paths at its ends. */
export interface Arrow {
  source: string;
  target: string;
}

/** An attempt's state after one of its events, and what led there. */
export interface Moment extends Pick<AttemptView, 'state' | 'allowed_events'> {
  /** 0 for the beginning, before any event. */
  sequence_number: number;
  event_type: RecordedEvent['event_type'] | null;
  timestamp_server: Date | null;
  payload: RecordedEvent['payload'] | null;
  /** The arrows that the event took; empty if the state did not change. */
  taken: Arrow[];
}

/**
 * The moments of an attempt after each of `events`, replayed by its machine. Pure: nothing is invoked.
 * @param from the state before these events
 * @throws UnreplayableJournal if the journal contains events that the machine does not allow.
 */
export async function* momentsOf(
  machine: AttemptMachine,
  from: AttemptSnapshot,
  events: AsyncIterable<RecordedEvent> | Iterable<RecordedEvent>,
): AsyncGenerator<Moment> {
  let state = from;
  for await (const event of events) {
    const before = state;
    state = continueReplay(machine, before, [event]);
    const { event_type, timestamp_server, payload } = event;
    yield {
      ...describeState(state),
      event_type,
      timestamp_server,
      payload,
      taken: arrows(machine, before, event),
    };
  }
}

/** The moment before any event. */
export function beginning(state: AttemptSnapshot): Moment {
  return { ...describeState(state), event_type: null, timestamp_server: null, payload: null, taken: [] };
}

function describeState(state: AttemptSnapshot): Pick<Moment, 'sequence_number' | 'state' | 'allowed_events'> {
  const { sequence_number, state: value, allowed_events } = viewOf(state);
  return { sequence_number, state: value, allowed_events };
}

/** The arrows an event takes. Resuming takes two: back to the state before abandoning, and on from there. */
function arrows(machine: AttemptMachine, before: AttemptSnapshot, event: RecordedEvent): Arrow[] {
  const machineEvent = toMachineEvent(event);
  const steps = getMicrosteps(machine, before, machineEvent).map(([state]) => state);
  return [before, ...steps.slice(0, -1)].flatMap((state) =>
    machine
      .getTransitionData(state, machineEvent)
      .flatMap(({ source, target = [] }) =>
        target.filter((node) => node !== source).map((node) => arrow(source, node)),
      ),
  );
}

const arrow = (source: AnyStateNode, target: AnyStateNode): Arrow => ({
  source: source.path.join('.'),
  target: target.path.join('.'),
});
