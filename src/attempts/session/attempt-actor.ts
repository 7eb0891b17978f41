import { createActor } from 'xstate';
import type {
  AttemptMachine,
  AttemptSnapshot,
  AttemptActor as MachineActor,
  ServerSignal,
} from '../../../machines/index.ts';
import type { RecordedEvent } from '../../events/recorded-event.ts';
import type { AttemptProjector } from '../stored/attempt-projector.ts';
import type { AttemptFeed } from './feed.ts';
import { isExpired, viewOf } from './machine-state.ts';
import { nextMachineEvent } from './replay.ts';

export interface AttemptActorServices {
  feed: AttemptFeed;
  projector: Pick<AttemptProjector, 'noteExpired'>;
  /** Called when an actor has ended by an error of its own, for the log. */
  onActorFailed(attempt_id: string, error: unknown): void;
}

/** What the machine must know of an attempt. */
export interface ActorInput {
  attempt_id: string;
  requires_reasoning: boolean;
}

/**
 * The running XState actor of one attempt's machine. It is told only what is on disk, and tells whoever watches the
 * attempt what it heard and what it did by itself.
 */
export class AttemptActor {
  readonly #machine: AttemptMachine;
  readonly #services: AttemptActorServices;
  #actor: MachineActor;
  #lastEventAt = 0;
  /** The state that was told last. */
  #told: AttemptSnapshot;
  #hasFailed = false;

  /** Starts at the machine's beginning, or at a final state that a replay has led to. */
  constructor(machine: AttemptMachine, start: ActorInput | AttemptSnapshot, services: AttemptActorServices) {
    this.#machine = machine;
    this.#services = services;
    this.#actor = createAt(machine, start);
    this.#told = this.#actor.getSnapshot();
    this.#run();
  }

  get state(): AttemptSnapshot {
    return this.#actor.getSnapshot();
  }

  /** How many events it was told. */
  get sequence_number(): number {
    return this.state.context.sequence_number;
  }

  /** Server time of the last event it was told, in ms since the epoch; 0 before the first. */
  get lastEventAt(): number {
    return this.#lastEventAt;
  }

  /** Whether it has ended by an error of its own, so that only another one can go on. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /**
   * Tells the actor the next recorded event.
   * @throws UnreplayableJournal when it has not the next number, or the machine does not allow it.
   */
  apply(event: RecordedEvent): void {
    const { feed } = this.#services;
    this.#actor.send(nextMachineEvent(this.state, event));
    this.#lastEventAt = event.timestamp_server.getTime();
    if (!feed.isWatched(event.attempt_id)) return;
    feed.publish(event.attempt_id, { kind: 'event_recorded', event, view: viewOf(this.state) });
  }

  /** Tells the actor something that is not a behavior event, if it has a use for it now. */
  signal(type: ServerSignal['type']): void {
    if (this.state.status === 'active' && this.state.can({ type })) this.#actor.send({ type });
  }

  /** Begins anew with another XState actor, which has to be told everything. */
  restart(): void {
    const { attempt_id, requires_reasoning } = this.state.context;
    this.#actor.stop();
    this.#actor = createActor(this.#machine, { input: { attempt_id, requires_reasoning } });
    this.#told = this.#actor.getSnapshot();
    this.#run();
  }

  /** Ends it with what it invokes and waits for; the journal has everything. */
  stop(): void {
    this.#actor.stop();
  }

  #run(): void {
    // Without an observer for errors, XState would throw an actor's error where it ends the process.
    this.#actor.subscribe(this);
    this.#actor.start();
  }

  /** For XState: the state has changed. What an event has changed is told with the event. */
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

  /** For XState: the actor has ended by an error of its own. */
  error(error: unknown): void {
    this.#hasFailed = true;
    this.#services.onActorFailed(this.state.context.attempt_id, error);
  }
}

function createAt(machine: AttemptMachine, start: ActorInput | AttemptSnapshot): MachineActor {
  if (!('context' in start)) return createActor(machine, { input: start });
  return createActor(machine, { snapshot: start, input: start.context });
}
