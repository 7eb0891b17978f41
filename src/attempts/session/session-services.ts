import type { AttemptMachine, AttemptSnapshot } from '../../../machines/index.ts';
import type { EventClock } from '../../clock.ts';
import type { RecordedEvent } from '../../events/recorded-event.ts';
import type { Journal } from '../../journal/journal.ts';
import type { Task } from '../../tasks/task.ts';
import type { AttemptFacts } from '../attempt.ts';
import type { AttemptProjector } from '../stored/attempt-projector.ts';
import type { AttemptActorServices } from './attempt-actor.ts';

/** What a session starts from: an attempt and its journal. */
export interface SessionStart {
  attempt: AttemptFacts;
  task: Task;
  machine: AttemptMachine;
  /** The final state of a locked or expired attempt; any other attempt starts in the machine's initial state. */
  ended?: AttemptSnapshot | undefined;
  /** All recorded events of the attempt. */
  events: readonly RecordedEvent[];
}

/** What all sessions of a process share. */
export interface SessionServices extends AttemptActorServices {
  journal: Pick<Journal, 'append' | 'read' | 'findRepeated'>;
  projector: Pick<AttemptProjector, 'noteRecorded' | 'noteExpired' | 'noteMissing'>;
  /** Called when it is unknown whether the event with this number was stored, so that the journal is read again. */
  onUncertain(attempt_id: string, sequence_number: number): void;
  /** Called when an event was refused because the front end's clock is so many milliseconds ahead. */
  onClockAhead(attempt_id: string, aheadMs: number): void;
  clock: EventClock;
  /** Whether a constant difference of the front end's clock is taken off before an event's time is judged. */
  correctsClientClocks: boolean;
  newEventId(): string;
  mailboxCapacity: number;
}
