import { assign, fromPromise, raise, setup } from 'xstate';
import type { EventPayloads, EventType, OptionReference } from '../src/events/event-table.ts';

/** What the machine needs to know about an attempt and its task. */
export interface AttemptInput {
  attempt_id: string;
  requires_reasoning: boolean;
}

export interface AttemptContext extends AttemptInput {
  /** How many behavior events have been accepted; the next one gets this number plus one. */
  sequence_number: number;
  /** The option last selected or changed to; null before the first selection. */
  selection: OptionReference | null;
  /** How many times in a row computing the results has failed. */
  failures: number;
}

/** A behavior event in the form the machine accepts. */
export type MachineEvent = {
  [T in EventType]: { type: T; payload: EventPayloads[T] };
}[EventType];

/**
 * Signals from the server itself, never from a front end. They are not recorded.
 * `results_saved`: an earlier run or another process has already saved the results.
 */
export type ServerSignal =
  | { type: 'attempt_expired' }
  | { type: 'retry_requested' }
  | { type: 'results_saved' };

/** The attempt to compute results for. */
export interface ComputationInput {
  attempt_id: string;
}

const notProvided = fromPromise<void, ComputationInput>(() => Promise.reject(new Error('not provided')));

/**
 * One attempt: which behavior event may follow which, and what happens after the last one.
 *
 * The id is the version. An attempt stores the id of the machine it began with and is always judged by that
 * machine. To change the behavior, add a new machine beside this one; never edit this one. Guards never throw,
 * whatever the event. Every accepted behavior event adds exactly 1 to `sequence_number`.
 *
 * The computations and the retry policy are provided from outside (`machine.provide`), so they can be tuned
 * without publishing a new machine.
 */
export const attemptMachine = setup({
  types: {
    input: {} as AttemptInput,
    context: {} as AttemptContext,
    events: {} as MachineEvent | ServerSignal,
  },
  actors: {
    computeMetrics: notProvided,
    interpretMetrics: notProvided,
  },
  guards: {
    requiresReasoning: ({ context }) => context.requires_reasoning,
    hasSelection: ({ context }) => context.selection !== null,
    isCurrentSelection: ({ context, event }) =>
      event.type === 'task_completed' &&
      context.selection !== null &&
      context.selection.option_id === event.payload.final_option_id,
    /** Policy, to be provided; by default nothing is retried. */
    retriesExhausted: () => true,
  },
  actions: {
    record: assign({ sequence_number: ({ context }) => context.sequence_number + 1 }),
    select: assign({
      selection: ({ context, event }) => {
        if (event.type === 'option_selected') {
          return { option_id: event.payload.option_id, option_code: event.payload.option_code };
        }
        if (event.type === 'option_changed') {
          return { option_id: event.payload.to_option_id, option_code: event.payload.to_code };
        }
        return context.selection;
      },
    }),
    /** Resuming only restores the state before abandoning; the event is then judged in that state. */
    judgeAgain: raise(({ event }) => event),
    countFailure: assign({ failures: ({ context }) => context.failures + 1 }),
    forgetFailures: assign({ failures: 0 }),
  },
  delays: {
    /** Policy, to be provided: milliseconds before the next retry. */
    backOff: 0,
  },
}).createMachine({
  id: 'attempt-v1',
  context: ({ input }) => ({
    attempt_id: input.attempt_id,
    requires_reasoning: input.requires_reasoning,
    sequence_number: 0,
    selection: null,
    failures: 0,
  }),
  initial: 'waiting_for_start',
  states: {
    waiting_for_start: {
      on: {
        task_started: { target: 'active', actions: 'record' },
        attempt_expired: 'expired',
      },
    },
    active: {
      type: 'parallel',
      on: {
        option_viewed: { actions: 'record' },
        task_abandoned: { target: 'abandoned', actions: 'record' },
        task_completed: { guard: 'isCurrentSelection', target: 'computing', actions: 'record' },
        attempt_expired: 'expired',
      },
      states: {
        decision: {
          initial: 'undecided',
          states: {
            undecided: {
              on: { option_selected: { target: 'decided', actions: ['record', 'select'] } },
            },
            decided: {
              on: {
                option_selected: { actions: ['record', 'select'] },
                option_changed: { actions: ['record', 'select'] },
              },
            },
          },
        },
        reasoning: {
          initial: 'not_started',
          on: {
            reasoning_started: { guard: 'requiresReasoning', target: '.writing', actions: 'record' },
            reasoning_updated: { guard: 'requiresReasoning', target: '.writing', actions: 'record' },
            reasoning_submitted: { guard: 'requiresReasoning', target: '.submitted', actions: 'record' },
          },
          states: { not_started: {}, writing: {}, submitted: {} },
        },
        where_it_was: { type: 'history', history: 'deep' },
      },
    },
    abandoned: {
      on: {
        option_viewed: { target: 'active.where_it_was', actions: 'judgeAgain' },
        option_selected: { target: 'active.where_it_was', actions: 'judgeAgain' },
        option_changed: { guard: 'hasSelection', target: 'active.where_it_was', actions: 'judgeAgain' },
        reasoning_started: {
          guard: 'requiresReasoning',
          target: 'active.where_it_was',
          actions: 'judgeAgain',
        },
        reasoning_updated: {
          guard: 'requiresReasoning',
          target: 'active.where_it_was',
          actions: 'judgeAgain',
        },
        reasoning_submitted: {
          guard: 'requiresReasoning',
          target: 'active.where_it_was',
          actions: 'judgeAgain',
        },
        task_completed: {
          guard: 'isCurrentSelection',
          target: 'active.where_it_was',
          actions: 'judgeAgain',
        },
        attempt_expired: 'expired',
      },
    },
    computing: {
      initial: 'metrics',
      on: { results_saved: 'locked' },
      states: {
        metrics: {
          invoke: {
            src: 'computeMetrics',
            input: ({ context }) => ({ attempt_id: context.attempt_id }),
            onDone: 'interpretation',
            onError: { target: '#retrying', actions: 'countFailure' },
          },
        },
        interpretation: {
          invoke: {
            src: 'interpretMetrics',
            input: ({ context }) => ({ attempt_id: context.attempt_id }),
            onDone: '#locked',
            onError: { target: '#retrying', actions: 'countFailure' },
          },
        },
      },
    },
    retrying: {
      id: 'retrying',
      always: { guard: 'retriesExhausted', target: 'failed' },
      after: { backOff: 'computing' },
      on: { results_saved: 'locked' },
    },
    failed: {
      on: {
        retry_requested: { target: 'computing', actions: 'forgetFailures' },
        results_saved: 'locked',
      },
    },
    locked: { id: 'locked', type: 'final' },
    expired: { type: 'final' },
  },
});
