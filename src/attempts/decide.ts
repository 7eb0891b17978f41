import type { AttemptSnapshot } from '../../machines/index.ts';
import {
  attemptExpired,
  attemptLocked,
  type FieldError,
  type Refusal,
  sequenceViolation,
  validationFailed,
} from '../errors.ts';
import type { BehaviorEvent } from '../events/event-types.ts';
import type { Task } from '../tasks/task.ts';
import { accepts, allowedEvents, isCompleted, isExpired, toMachineEvent } from './machine-state.ts';

/** Milliseconds by which a front end's clock may run ahead of the server's. */
export const CLOCK_TOLERANCE_MS = 5000;

/** Everything a decision rests on. */
export interface Situation {
  state: AttemptSnapshot;
  task: Pick<Task, 'options'>;
  /** The server's clock. */
  now: Date;
  /** From this moment on the attempt takes no events. */
  expires_at: Date;
}

/**
 * Judges one event against the attempt as it stands. Pure: the same situation and event give the same answer.
 *
 * @returns undefined when the event is accepted, otherwise the refusal: what the payload or the task's options
 * forbid is 422 `validation_failed`; what the state forbids is 409 (`attempt_locked`, `attempt_expired`,
 * `sequence_violation`) with the state and the event types that are allowed in it.
 */
export function decide(
  situation: Situation,
  event: BehaviorEvent & { timestamp_client: Date },
): Refusal | undefined {
  const { state, now, task } = situation;
  const closed = refuseClosed(situation);
  if (closed) return closed;
  const errors = [...clockErrors(event.timestamp_client, now), ...optionErrors(event, task)];
  if (errors.length > 0) return validationFailed(errors, shown(state));
  if (!accepts(state, toMachineEvent(event))) return sequenceViolation(reason(event, state), shown(state));
  return undefined;
}

/** As `decide`, for completing with the current selection where there is none. */
export function refuseWithoutSelection(situation: Situation): Refusal | undefined {
  const { state } = situation;
  if (state.context.selection) return undefined;
  return (
    refuseClosed(situation) ??
    sequenceViolation('No option has been selected yet, so there is nothing to complete with.', shown(state))
  );
}

function refuseClosed({ state, now, expires_at }: Situation): Refusal | undefined {
  if (isCompleted(state)) {
    return attemptLocked('The attempt is completed; nothing more is recorded.', shown(state));
  }
  if (isExpired(state) || now >= expires_at) {
    const nothing = { state: state.value, allowed_events: [] };
    return attemptExpired('The attempt has expired; nothing more is recorded.', nothing);
  }
  return undefined;
}

const shown = (state: AttemptSnapshot) => ({ state: state.value, allowed_events: allowedEvents(state) });

function clockErrors(timestamp: Date, now: Date): FieldError[] {
  const ahead = timestamp.getTime() - now.getTime();
  if (ahead <= CLOCK_TOLERANCE_MS) return [];
  return [
    {
      path: 'timestamp_client',
      message: `is ${ahead} ms ahead of the server's clock; at most ${CLOCK_TOLERANCE_MS} ms are accepted`,
    },
  ];
}

/** Every option an event names must be the task's, under its own code. */
function optionErrors(event: BehaviorEvent, { options }: Situation['task']): FieldError[] {
  const check = (idField: string, id: string, codeField: string, code: string): FieldError[] => {
    const option = options.find(({ option_id }) => option_id === id);
    if (!option) return [{ path: `payload.${idField}`, message: 'is not an option of this task' }];
    if (option.option_code === code) return [];
    return [
      {
        path: `payload.${codeField}`,
        message: `is not the code of option ${id}, which is "${option.option_code}"`,
      },
    ];
  };
  switch (event.event_type) {
    case 'option_viewed':
    case 'option_selected':
      return check('option_id', event.payload.option_id, 'option_code', event.payload.option_code);
    case 'option_changed': {
      const { from_option_id, from_code, to_option_id, to_code } = event.payload;
      const errors = [
        ...check('from_option_id', from_option_id, 'from_code', from_code),
        ...check('to_option_id', to_option_id, 'to_code', to_code),
      ];
      if (from_option_id === to_option_id) {
        errors.push({ path: 'payload.to_option_id', message: 'must differ from from_option_id' });
      }
      return errors;
    }
    case 'task_completed':
      return check(
        'final_option_id',
        event.payload.final_option_id,
        'final_option_code',
        event.payload.final_option_code,
      );
    default:
      return [];
  }
}

/** Why the state does not take the event, for a reader who does not know the machine. */
function reason({ event_type }: BehaviorEvent, state: AttemptSnapshot): string {
  if (state.matches('waiting_for_start'))
    return `The attempt has not started; "${event_type}" needs task_started first.`;
  switch (event_type) {
    case 'task_started':
      return 'The attempt has started already.';
    case 'task_abandoned':
      return 'The attempt is abandoned already; any other event resumes it.';
    case 'option_changed':
      return 'No option has been selected yet, so none can be changed; send option_selected first.';
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
