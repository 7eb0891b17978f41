import { type AnyActorRef, createActor, fromCallback } from 'xstate';
import type { AttemptActor, AttemptMachine, AttemptSnapshot } from '../../machines/index.ts';

/**
 * Attempts that share an actor system: one for each would take as much memory as everything else of an attempt.
 * Not more of them, because XState goes through all timers of a system whenever one of its actors ends.
 */
const SHARING = 64;

let started = 0;
let parent = aParent();

/** What makes actors share a system. What they report to it is of no use, but an error must not go unseen. */
function aParent(): AnyActorRef {
  const logic = fromCallback<{ type: string; error?: unknown }>(({ receive }) => {
    receive(({ type, error }) => {
      if (!type.startsWith('xstate.error.')) return;
      setImmediate(() => {
        throw error;
      });
    });
  });
  return createActor(logic).start();
}

/** What XState's types leave out. */
interface Internals {
  options: object;
  system: { _unregister(actor: AnyActorRef): void };
}

const NO_OPTIONS = {};

/**
 * Starts an actor of `machine` at `state`; what the machine invokes there begins to run.
 * @param prepare is given the actor before it starts
 */
export function startActor(
  machine: AttemptMachine,
  state: AttemptSnapshot,
  prepare?: (actor: AttemptActor) => void,
): AttemptActor {
  if (++started % SHARING === 0) parent = aParent();
  // What a replay invoked has not run; only in this form does XState begin it anew with its input.
  const isInvoking = Object.keys(state.children).length > 0;
  const snapshot = isInvoking ? machine.getPersistedSnapshot(state) : state;
  const actor = createActor(machine, { snapshot, input: state.context, parent });
  prepare?.(actor);
  actor.start();
  const internals = actor as unknown as Internals;
  // It would keep what it began with beside what it is now, for as long as the attempt is open.
  internals.options = NO_OPTIONS;
  // A system holds on to its actors until they end; these go with the session that nobody needs any more.
  internals.system._unregister(actor);
  return actor;
}

/** Ends an actor with what it invokes and waits for. */
export function stopActor(actor: AttemptActor): void {
  // As `stop()` does, which is for actors without a parent only.
  actor.send({ type: 'xstate.stop' } as never);
}
