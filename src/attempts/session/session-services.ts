import type { EventClock } from '../../clock.ts';
import type { Journal } from '../../journal/journal.ts';
import type { Task } from '../../tasks/task.ts';
import type { AttemptFacts } from '../attempt.ts';
import type { AttemptProjector } from '../stored/attempt-projector.ts';
import type { AttemptActor, AttemptActorServices } from './attempt-actor.ts';
import type { Volume } from './volume.ts';

/** What a session starts from. */
export interface SessionStart {
  attempt: AttemptFacts;
  task: Task;
  /** Has received all recorded events of the attempt, or is in its final state. */
  actor: AttemptActor;
}

/** What all sessions of a process share. */
export interface SessionServices extends AttemptActorServices {
  journal: Pick<Journal, 'append' | 'read' | 'findRepeated'>;
  projector: Pick<AttemptProjector, 'noteRecorded' | 'noteExpired' | 'noteMissing'>;
  /** Called when it is unknown whether the event with this number was stored, so that the journal is read again. */
  onUncertain(attempt_id: string, sequence_number: number): void;
  /** Called when an event was refused because the front end's clock is so many milliseconds ahead. */
  onClockAhead(attempt_id: string, aheadMs: number): void;
  /** Called when an attempt is loaded that has recorded more than fits into one today. */
  onOverfull(attempt_id: string, volume: Volume): void;
  clock: EventClock;
  /** Whether a constant difference of the front end's clock is taken off before an event's time is judged. */
  correctsClientClocks: boolean;
  newEventId(): string;
  mailboxCapacity: number;
}
