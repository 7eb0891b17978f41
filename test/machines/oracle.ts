import type { BehaviorEvent, EventType } from '../../src/events/event-table.ts';

/*
 * A second implementation of section 5 of the contract, with plain state: what is allowed, and what it leads to. It was
 * written from the contract and not from the machine, so that a mistake in either of them shows.
 */

export interface OracleState {
  requires_reasoning: boolean;
  started: boolean;
  abandoned: boolean;
  completed: boolean;
  /** Id of the option last selected or changed to. */
  selection: string | null;
  accepted: number;
}

export const nothingYet = (requires_reasoning: boolean): OracleState => ({
  requires_reasoning,
  started: false,
  abandoned: false,
  completed: false,
  selection: null,
  accepted: 0,
});

export function allows(state: OracleState, event: BehaviorEvent): boolean {
  if (event.event_type === 'task_completed' && event.payload.final_option_id !== state.selection)
    return false;
  return allowedTypes(state).includes(event.event_type);
}

/** In the vocabulary's order. */
export function allowedTypes(state: OracleState): EventType[] {
  if (state.completed) return [];
  if (!state.started) return ['task_started'];
  const selected = state.selection !== null;
  return [
    'option_viewed',
    'option_selected',
    ...(selected ? (['option_changed'] as const) : []),
    ...(state.requires_reasoning
      ? (['reasoning_started', 'reasoning_updated', 'reasoning_submitted'] as const)
      : []),
    ...(state.abandoned ? [] : (['task_abandoned'] as const)),
    ...(selected ? (['task_completed'] as const) : []),
  ];
}

/** The state after an event; a refused one changes nothing. */
export function after(state: OracleState, event: BehaviorEvent): OracleState {
  if (!allows(state, event)) return state;
  let { selection } = state;
  if (event.event_type === 'option_selected') selection = event.payload.option_id;
  if (event.event_type === 'option_changed') selection = event.payload.to_option_id;
  return {
    ...state,
    started: true,
    abandoned: event.event_type === 'task_abandoned',
    completed: event.event_type === 'task_completed',
    selection,
    accepted: state.accepted + 1,
  };
}

export function statusIn({ started, completed }: OracleState): string {
  if (completed) return 'completed';
  return started ? 'in_progress' : 'pending';
}
