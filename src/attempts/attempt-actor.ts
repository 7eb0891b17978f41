import { type AnyActorRef, createActor, fromCallback } from 'xstate';
import type { AttemptActor, AttemptMachine, AttemptSnapshot } from '../../machines/index.ts';

/**
 * The parent of all attempts' actors, so that they share one actor system: one for each would take as much memory
 * as everything else of an attempt. What children report to it is of no use, but an error must not go unseen.
 */
const parent = createActor(
  fromCallback<{ type: string; error?: unknown }>(({ receive }) => {
    receive(({ type, error }) => {
      if (!type.startsWith('xstate.error.')) return;
      setImmediate(() => {
        throw error;
      });
    });
  }),
).start();

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
  const actor = createActor(machine, { snapshot: state, input: state.context, parent });
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
