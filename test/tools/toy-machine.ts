import { fromPromise, setup } from 'xstate';

/** A machine with everything that `attempt-v1` does not have. */
export const toyMachine = setup({
  types: { events: {} as { type: 'GO' } | { type: 'BACK' } | { type: 'PING' } },
  actors: { fetchIt: fromPromise(() => Promise.resolve(1)) },
  actions: { greet: () => {}, wave: (_, _params: { hand: string }) => {} },
  guards: { isOpen: () => true, isBelow: (_, params: { limit: number }) => params.limit > 0 },
}).createMachine({
  id: 'toy <1>',
  initial: 'outer',
  states: {
    outer: {
      initial: 'first',
      onDone: 'end',
      on: { PING: 'outer' },
      states: {
        first: {
          entry: 'greet',
          exit: { type: 'wave', params: { hand: 'left' } },
          after: { 500: 'second' },
          on: { GO: [{ guard: { type: 'isBelow', params: { limit: 3 } }, target: 'second' }, 'last'] },
        },
        second: { always: { guard: 'isOpen', target: 'last' } },
        last: { type: 'final' },
        again: { type: 'history', history: 'shallow', target: 'first' },
      },
    },
    end: {
      invoke: { src: 'fetchIt', onDone: { actions: () => {} }, onError: 'outer.again' },
      on: { BACK: { target: 'outer.again', actions: () => {} } },
    },
  },
});
