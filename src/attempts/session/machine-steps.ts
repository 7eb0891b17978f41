import { type EventFromLogic, initialTransition, transition } from 'xstate';
import type { AttemptInput, MachineEvent } from '../../../machines/attempt-v1.machine.ts';
import type { AttemptMachine, AttemptSnapshot } from '../../../machines/index.ts';
import type { BehaviorEvent } from '../../events/event-table.ts';

/*
 * What a machine does with events, without running anything. This is also a part of the verifier of evidence, which runs
 * in browsers, so it imports nothing that needs a server or a schema.
 */

export const toMachineEvent = ({ event_type, payload }: BehaviorEvent): MachineEvent =>
  ({ type: event_type, payload }) as MachineEvent;

/** The state of an attempt without any recorded event. */
export function initialState(machine: AttemptMachine, input: AttemptInput): AttemptSnapshot {
  return initialTransition(machine, input)[0];
}

/** The state after one more event; pure, so no invocation runs. */
export function nextState(
  machine: AttemptMachine,
  state: AttemptSnapshot,
  event: EventFromLogic<AttemptMachine>,
): AttemptSnapshot {
  return transition(machine, state, event)[0];
}

/**
 * Whether the machine accepts this event now. It must be asked before an event is sent, because an actor silently
 * ignores events it does not handle.
 */
export const accepts = (state: AttemptSnapshot, event: MachineEvent): boolean =>
  state.status === 'active' && state.can(event);
