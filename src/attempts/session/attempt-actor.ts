import { createActor } from 'xstate';
import type { AttemptInput } from '../../../machines/attempt-v1.machine.ts';
import type { AttemptMachine, AttemptSnapshot, MachineActor, ServerSignal } from '../../../machines/index.ts';
import type { RecordedEvent } from '../../events/recorded-event.ts';
import type { Chain } from '../../proof/chain.ts';
import type { AttemptProjector } from '../stored/attempt-projector.ts';
import { ObservedClocks } from './client-clock.ts';
import type { AttemptFeed } from './feed.ts';
import { isExpired, viewOf } from './machine-state.ts';
import { nextMachineEvent } from './replay.ts';
import { Volume } from './volume.ts';

export interface AttemptActorServices {
  feed: AttemptFeed;
  projector: Pick<AttemptProjector, 'noteExpired'>;
  /** Called when an actor has stopped because of an error, for the log. */
  onActorFailed(attempt_id: string, error: unknown): void;
}

/**
 * The running XState actor of one attempt's machine. It receives only events that are on disk, and publishes every
 * change to the attempt's watchers.
 */
export class AttemptActor {
  readonly #machine: AttemptMachine;
  readonly #services: AttemptActorServices;
  /** What the events that it received say about the two clocks. */
  readonly clocks: ObservedClocks;
  #volume = new Volume();
  #chain: Chain | undefined;
  #actor: MachineActor;
  /** The state that was published last. */
  #told: AttemptSnapshot;
  #hasFailed = false;

  /**
   * Starts in the machine's initial state, or in a final state that a replay has reached.
   * @param chain of the attempt, as far as its events were replayed; undefined if it has none
   * @param clocks what the replayed events say about the two clocks
   */
  constructor(
    machine: AttemptMachine,
    start: AttemptInput | AttemptSnapshot,
    services: AttemptActorServices,
    chain?: Chain,
    clocks = new ObservedClocks(),
  ) {
    this.clocks = clocks;
    this.#chain = chain;
    this.#machine = machine;
    this.#services = services;
    this.#actor = createAt(machine, start);
    this.#told = this.#actor.getSnapshot();
    this.#run();
  }

  get state(): AttemptSnapshot {
    return this.#actor.getSnapshot();
  }

  /** How many events it has received. */
  get sequence_number(): number {
    return this.state.context.sequence_number;
  }

  /** How much the events that it received take. */
  get volume(): Volume {
    return this.#volume;
  }

  /** Whether it has stopped because of an error. Only a new actor can then continue. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** The event as the next one of the attempt's chain; the same event if the attempt has none. */
  link(event: RecordedEvent): RecordedEvent {
    return this.#chain?.link(event) ?? event;
  }

  /**
   * Sends the next recorded event to the actor.
   * @throws UnreplayableJournal if the event does not have the next number or digest, or the machine does not allow it.
   */
  apply(event: RecordedEvent): void {
    const { feed } = this.#services;
    this.replay(event);
    if (!feed.isWatched(event.attempt_id)) return;
    feed.publish(event.attempt_id, { kind: 'event_recorded', event, view: viewOf(this.state) });
  }

  /** Like `apply`, for an event that was applied before: no watcher is told. @throws UnreplayableJournal */
  replay(event: RecordedEvent): void {
    const machineEvent = nextMachineEvent(this.state, event);
    this.#chain?.follow(event);
    this.#actor.send(machineEvent);
    this.clocks.note(event);
    this.#volume.note(event);
  }

  /** Sends a signal to the actor, if the current state handles it. */
  signal(type: ServerSignal['type']): void {
    if (this.state.status === 'active' && this.state.can({ type })) this.#actor.send({ type });
  }

  /** Starts over with a new XState actor, to which all events must be sent again. */
  restart(): void {
    const { attempt_id, requires_reasoning } = this.state.context;
    this.#actor.stop();
    this.#actor = createActor(this.#machine, { input: { attempt_id, requires_reasoning } });
    this.#volume = new Volume();
    this.#chain = this.#chain?.restart();
    this.#told = this.#actor.getSnapshot();
    this.#run();
  }

  /** Stops the actor with its invocations and timers. Nothing is lost, because the journal has everything. */
  stop(): void {
    this.#actor.stop();
  }

  #run(): void {
    // Without an error observer, XState rethrows an actor's error, which would end the process.
    this.#actor.subscribe(this);
    this.#actor.start();
  }

  /** Called by XState when the state changes. Changes caused by an event are published together with the event. */
  next(state: AttemptSnapshot): void {
    const before = this.#told;
    this.#told = state;
    if (state === before || state.context.sequence_number !== before.context.sequence_number) return;
    const { feed, projector } = this.#services;
    const { attempt_id } = state.context;
    if (isExpired(state)) projector.noteExpired(attempt_id);
    if (!feed.isWatched(attempt_id)) return;
    feed.publish(attempt_id, { kind: 'state_changed', view: viewOf(state) });
    if (state.matches('locked')) feed.publish(attempt_id, { kind: 'results_saved' });
  }

  /** Called by XState when the actor has stopped because of an error. */
  error(error: unknown): void {
    this.#hasFailed = true;
    this.#services.onActorFailed(this.state.context.attempt_id, error);
  }
}

function createAt(machine: AttemptMachine, start: AttemptInput | AttemptSnapshot): MachineActor {
  if (!('context' in start)) return createActor(machine, { input: start });
  return createActor(machine, { snapshot: start, input: start.context });
}
