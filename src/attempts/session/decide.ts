import type { AttemptSnapshot } from '../../../machines/index.ts';
import {
  attemptExpired,
  attemptFull,
  attemptLocked,
  eventIdReused,
  type FieldError,
  Refusal,
  sequenceViolation,
  validationFailed,
} from '../../errors.ts';
import { type BehaviorEvent, optionsNamed } from '../../events/event-table.ts';
import type { RecordedEvent } from '../../events/recorded-event.ts';
import type { SubmittedEvent } from '../../events/submitted-event.ts';
import type { Task } from '../../tasks/task.ts';
import { CLIENT_CLOCK_LEAD_MS, type ClockCorrection, judgeClientTime } from './client-clock.ts';
import { allowedEvents, isCompleted, isExpired } from './machine-state.ts';
import { accepts, toMachineEvent } from './machine-steps.ts';
import { ALWAYS_FIT, MAX_BYTES, MAX_EVENTS, type Volume } from './volume.ts';

/** Everything a decision depends on. */
export interface Situation {
  state: AttemptSnapshot;
  task: Pick<Task, 'options'>;
  /** How much the attempt has recorded so far. */
  volume: Pick<Volume, 'hasRoomFor'>;
  /** The time that an event accepted now is recorded with. */
  now: Date;
  /** The latest moment that it may be by the server's clock. */
  latest: Date;
  /** Whether the attempt's time is over, so that it accepts no events. */
  isOver: boolean;
  /** Present if a constant difference of the front end's clock is taken off before an event's time is judged. */
  correction?: ClockCorrection | undefined;
}

interface Acceptance {
  accepted: true;
  /** Whether the event's time was accepted only because the difference of the clocks was taken off. */
  isClockCorrected: boolean;
}

export interface Refused {
  accepted: false;
  refusal: Refusal;
  /** How far the front end's clock is ahead, in ms, if that is why. */
  clockAheadMs?: number;
}

export type Decision = Acceptance | Refused;

/** An accepted event. */
export type Accepted = Acceptance & { event: SubmittedEvent };
/** A decision with the event that it is about; a completion without a selection is none. */
export type Judged = Accepted | (Refused & { event?: SubmittedEvent });

/**
 * Judges one event against the attempt as it stands. Pure: the same situation and event give the same decision.
 *
 * An event that contradicts the task's options or the clock is refused with 422 `validation_failed`. An event that
 * the state does not allow is refused with 409 (`attempt_locked`, `attempt_expired`, `sequence_violation`), as is one
 * that does not fit into the attempt any more (`attempt_full`). Every refusal contains the state and the event types
 * that are allowed in it.
 */
export function decide(
  situation: Situation,
  event: BehaviorEvent & Omit<SubmittedEvent, 'attempt_id' | keyof BehaviorEvent>,
): Decision {
  const { state, now, latest, task, volume, correction } = situation;
  const closed = refuseClosed(situation);
  if (closed) return { accepted: false, refusal: closed };
  const clock = judgeClientTime(event.timestamp_client, latest, correction);
  if (clock.outcome === 'too_far_ahead') {
    const { aheadMs } = clock;
    const errors = [clockError(aheadMs), ...optionErrors(event, task)];
    const details = { ...describeState(state), server_time: now };
    return { accepted: false, refusal: validationFailed(errors, details), clockAheadMs: aheadMs };
  }
  const errors = optionErrors(event, task);
  if (errors.length > 0) return { accepted: false, refusal: validationFailed(errors, describeState(state)) };
  if (!accepts(state, toMachineEvent(event))) {
    const refusal = sequenceViolation(explainRefusal(event, state), describeState(state));
    return { accepted: false, refusal };
  }
  if (!volume.hasRoomFor(event)) return { accepted: false, refusal: refuseFull(state) };
  return { accepted: true, isClockCorrected: clock.outcome === 'corrected' };
}

function refuseFull(state: AttemptSnapshot): Refusal {
  const { state: value, allowed_events } = describeState(state);
  return attemptFull(
    `This event does not fit into the attempt any more, which may have ${MAX_EVENTS} events and ${MAX_BYTES} bytes. ` +
      'It was not recorded and will not be; complete or abandon the attempt, which is always possible.',
    { state: value, allowed_events: allowed_events.filter((type) => ALWAYS_FIT.includes(type)) },
  );
}

/** The refusal of a completion when no option is selected. */
export function refuseWithoutSelection(situation: Situation): Refusal {
  return (
    refuseClosed(situation) ??
    sequenceViolation(
      'No option has been selected yet, so the attempt cannot be completed.',
      describeState(situation.state),
    )
  );
}

/** The refusal of an event whose `client_event_id` already belongs to the different event `first`. */
export function refuseReusedId(state: AttemptSnapshot, first: RecordedEvent): Refusal {
  return eventIdReused(
    `The attempt already has a different event with this client_event_id: number ${first.sequence_number}, ` +
      `${first.event_type}. Send each event with an id of its own.`,
    isExpired(state) ? { state: state.value, allowed_events: [] } : describeState(state),
  );
}

/** The refusal of an event that cannot be parsed. Like every refusal of an event, it contains the state. */
export function refuseUnreadable(
  { status, code, message, details }: Refusal,
  state: AttemptSnapshot,
): Refusal {
  return new Refusal(status, code, message, { ...details, ...describeState(state) });
}

/** The refusal of anything more if the attempt is completed or its time is over. Only this decides when it is. */
export function refuseClosed({ state, isOver }: Situation): Refusal | undefined {
  if (isCompleted(state)) {
    return attemptLocked('The attempt is completed; nothing more is recorded.', describeState(state));
  }
  if (isExpired(state) || isOver) {
    const nothing = { state: state.value, allowed_events: [] };
    return attemptExpired('The attempt has expired; nothing more is recorded.', nothing);
  }
  return undefined;
}

const describeState = (state: AttemptSnapshot) => ({
  state: state.value,
  allowed_events: allowedEvents(state),
});

const clockError = (aheadMs: number): FieldError => ({
  path: 'timestamp_client',
  message: `is ${aheadMs} ms ahead of the server's clock; at most ${CLIENT_CLOCK_LEAD_MS} ms is accepted`,
});

/** Every option that an event names must belong to the task and have the right code; two options must differ. */
function optionErrors(event: BehaviorEvent, { options }: Situation['task']): FieldError[] {
  const named = optionsNamed(event);
  const errors = named.flatMap(({ id, code, option_id, option_code }): FieldError[] => {
    const option = options.find((known) => known.option_id === option_id);
    if (!option) return [{ path: `payload.${id}`, message: 'is not an option of this task' }];
    if (option.option_code === option_code) return [];
    const message = `is not the code of option ${option_id}, which is "${option.option_code}"`;
    return [{ path: `payload.${code}`, message }];
  });
  const [first, second] = named;
  if (first && second && first.option_id === second.option_id) {
    errors.push({ path: `payload.${second.id}`, message: `must differ from ${first.id}` });
  }
  return errors;
}

/** Why the state does not allow the event, for a reader who does not know the machine. */
function explainRefusal({ event_type }: BehaviorEvent, state: AttemptSnapshot): string {
  if (state.matches('waiting_for_start'))
    return `The attempt has not started; "${event_type}" needs task_started first.`;
  switch (event_type) {
    case 'task_started':
      return 'The attempt has already started.';
    case 'task_abandoned':
      return 'The attempt is already abandoned; any other event resumes it.';
    case 'option_changed':
      return 'No option has been selected yet, so there is none to change; send option_selected first.';
    case 'task_completed':
      return state.context.selection
        ? `The final option is not the current selection, which is "${state.context.selection.option_code}".`
        : 'No option has been selected yet; send option_selected before task_completed.';
    case 'reasoning_started':
    case 'reasoning_updated':
    case 'reasoning_submitted':
      return 'This task does not ask for reasoning.';
    default:
      return `"${event_type}" is not allowed now.`;
  }
}
