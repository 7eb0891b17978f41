import type { MachineEvent } from '../../../machines/attempt-v1.machine.ts';
import type { AttemptSnapshot } from '../../../machines/index.ts';
import { EVENT_TYPES, type EventType } from '../../events/event-table.ts';
import type { AttemptStatus } from '../attempt.ts';
import type { AttemptView } from './feed.ts';
import { accepts } from './machine-steps.ts';
import { ALWAYS_FIT, MAX_EVENTS } from './volume.ts';

/**
 * The event types that would be accepted now with a suitable payload, in the vocabulary's order. Whether an event
 * has too many bytes for an attempt that is nearly full depends on the event, so that is not considered.
 */
export function allowedEvents(state: AttemptSnapshot): EventType[] {
  const types = state.context.sequence_number < MAX_EVENTS ? EVENT_TYPES : ALWAYS_FIT;
  return types.filter((type) => accepts(state, mostAcceptable(type, state)));
}

export const viewOf = (state: AttemptSnapshot): AttemptView => ({
  state: state.value,
  allowed_events: allowedEvents(state),
  sequence_number: state.context.sequence_number,
  status: statusOf(state),
});

/** The event of a type that is most likely to be accepted. Only a completion's payload matters to the machine. */
function mostAcceptable(type: EventType, { context }: AttemptSnapshot): MachineEvent {
  const { selection } = context;
  const payload =
    type === 'task_completed' && selection
      ? { final_option_id: selection.option_id, final_option_code: selection.option_code }
      : {};
  return { type, payload } as MachineEvent;
}

const STATUS: Record<string, AttemptStatus> = {
  waiting_for_start: 'pending',
  active: 'in_progress',
  abandoned: 'in_progress',
  computing: 'completed',
  retrying: 'completed',
  failed: 'completed',
  locked: 'completed',
  expired: 'expired',
};

export function statusOf({ value }: AttemptSnapshot): AttemptStatus {
  const [top] = typeof value === 'string' ? [value] : Object.keys(value);
  const status = top && STATUS[top];
  if (!status) throw new Error(`The machine is in a state "${top}" without a known status.`);
  return status;
}

/** Whether the attempt is completed, so that nothing more is accepted. */
export const isCompleted = (state: AttemptSnapshot): boolean => statusOf(state) === 'completed';

/** Whether the attempt has expired, so that nothing more is accepted. */
export const isExpired = (state: AttemptSnapshot): boolean => statusOf(state) === 'expired';
