import type { AttemptInput } from '../../machines/attempt-v1.machine.ts';
import type { AttemptMachine, AttemptSnapshot } from '../../machines/index.ts';
import { initialState } from '../../src/attempts/session/machine-steps.ts';
import { continueReplay } from '../../src/attempts/session/replay.ts';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';

/** The state after a whole journal. @throws UnreplayableJournal if the machine does not allow it */
export const replay = (
  machine: AttemptMachine,
  input: AttemptInput,
  events: Iterable<RecordedEvent>,
): AttemptSnapshot => continueReplay(machine, initialState(machine, input), events);
