import type { AttemptMachine, AttemptSnapshot, ServerSignal } from '../../../machines/index.ts';
import { overloaded } from '../../errors.ts';
import type { RecordedEvent } from '../../events/recorded-event.ts';
import type { SubmittedEvent } from '../../events/submitted-event.ts';
import type { Journal } from '../../journal/journal.ts';
import type { Task } from '../../tasks/task.ts';
import type { AttemptFacts } from '../attempt.ts';
import type { AttemptProjector } from '../stored/attempt-projector.ts';
import { AttemptActor, type AttemptActorServices } from './attempt-actor.ts';
import { decide, refuseWithoutSelection, type Situation } from './decide.ts';
import type { AttemptView } from './feed.ts';
import { isCompleted, isExpired, viewOf } from './machine-state.ts';
import { Mailbox } from './mailbox.ts';
import { type Acknowledgement, acknowledge, recordOf } from './recording.ts';

/** What every session of a process shares. */
export interface SessionServices extends AttemptActorServices {
  journal: Pick<Journal, 'append' | 'read' | 'findRepeated'>;
  projector: Pick<AttemptProjector, 'noteRecorded' | 'noteExpired' | 'noteMissing'>;
  /** Called when nobody knows whether an event was stored: the journal should soon be looked at again. */
  onUncertain(attempt_id: string): void;
  now(): Date;
  newEventId(): string;
  mailboxCapacity: number;
}

/** What a session begins with: an attempt and where its journal leads to. */
export interface SessionStart {
  attempt: AttemptFacts;
  task: Task;
  machine: AttemptMachine;
  /** The final state of an attempt that is locked or has expired; any other begins at the beginning. */
  ended?: AttemptSnapshot | undefined;
  /** What is recorded of it. */
  events: readonly RecordedEvent[];
}

/** What a completion says besides the selection. */
type CompletionDetails = Pick<SubmittedEvent, 'timestamp_client' | 'metadata' | 'client_event_id'>;

/** Lost races for a sequence number after which an event is sent back to its sender. */
const MAX_ROUNDS = 20;

/**
 * One attempt inside this process: a mailbox that takes one event at a time, and the running actor. The registry
 * creates and ends it; nothing but the journal outlives it. Memory never leads the journal: an event reaches the
 * actor only once it is on disk.
 */
export class Session {
  readonly attempt: AttemptFacts;
  readonly task: Task;
  readonly #services: SessionServices;
  readonly #mailbox: Mailbox;
  readonly #actor: AttemptActor;
  /** True while the journal may hold events that the actor was not told. */
  #uncertain = false;

  constructor({ attempt, task, machine, ended, events }: SessionStart, services: SessionServices) {
    const { attempt_id, user_id, expires_at } = attempt;
    // Ids that are in memory already: there may be many thousands of sessions.
    this.attempt = { attempt_id, user_id, task_id: task.task_id, expires_at };
    this.task = task;
    this.#services = services;
    this.#mailbox = new Mailbox(services.mailboxCapacity);
    const { requires_reasoning } = task;
    this.#actor = new AttemptActor(machine, ended ?? { attempt_id, requires_reasoning }, services);
    // A completion without results, told to the running actor, makes it compute them.
    if (!ended) for (const event of events) this.#actor.apply(event);
  }

  get state(): AttemptSnapshot {
    return this.#actor.state;
  }

  get view(): AttemptView {
    return viewOf(this.state);
  }

  /** Whether the actor has ended by an error, so that only a new session can go on. */
  get hasFailed(): boolean {
    return this.#actor.hasFailed;
  }

  /** Whether it could be ended now without leaving anything half done. */
  get isIdle(): boolean {
    return this.#mailbox.depth === 0 && (this.state.status !== 'active' || !isCompleted(this.state));
  }

  /** The server's clock. */
  now(): Date {
    return this.#services.now();
  }

  /**
   * Takes one event after those submitted before it.
   * @throws Refusal when the event is not accepted; nothing has changed then.
   * @throws any database error when it is unknown whether the event was stored.
   */
  async submit(event: SubmittedEvent): Promise<Acknowledgement> {
    return this.#mailbox.run(() => this.#take(event));
  }

  /**
   * Takes several events in order, with no other between them, up to the first that is not accepted.
   * @returns for each event that was tried its acknowledgement or what `submit` would have thrown.
   */
  async submitBatch(events: readonly SubmittedEvent[]): Promise<(Acknowledgement | Error)[]> {
    return this.#mailbox.run(async () => {
      const verdicts: (Acknowledgement | Error)[] = [];
      for (const event of events) {
        const verdict = await this.#take(event, events.length > 1).catch((error: Error) => error);
        verdicts.push(verdict);
        if (verdict instanceof Error) break;
      }
      return verdicts;
    });
  }

  /** Completes with whatever is selected when its turn comes. @throws as `submit` does. */
  async complete(details: CompletionDetails): Promise<Acknowledgement> {
    return this.#mailbox.run(async () => {
      // Another process may have recorded the selection.
      if (this.#uncertain || !this.state.context.selection) await this.#catchUp();
      const { selection } = this.state.context;
      if (!selection) throw refuseWithoutSelection(this.#situation());
      return this.#take({
        ...details,
        attempt_id: this.attempt.attempt_id,
        event_type: 'task_completed',
        payload: { final_option_id: selection.option_id, final_option_code: selection.option_code },
      });
    });
  }

  /** Applies what other processes have recorded meanwhile. */
  async catchUp(): Promise<void> {
    await this.#mailbox.run(() => this.#catchUp());
  }

  /** Expires after the events that are under way: one that is being stored when its time ends still counts. */
  async expire(): Promise<void> {
    await this.#mailbox.run(async () => this.signal('attempt_expired'));
  }

  /** Tells the actor something that is not a behavior event, if it has a use for it now. */
  signal(type: ServerSignal['type']): void {
    this.#actor.signal(type);
  }

  /** Ends the actor; the journal has everything. */
  stop(): void {
    this.#actor.stop();
  }

  /** One event, top to bottom; once more from the top where another process was faster. */
  async #take(event: SubmittedEvent, batched = false): Promise<Acknowledgement> {
    for (let round = 0; round < MAX_ROUNDS && !this.hasFailed; round += 1) {
      // 1. Catch up. What became uncertain is looked up before anything is decided on it.
      if (this.#uncertain) await this.#catchUp();

      // 2. Decide. A refused event may be a repeat, or another process may have recorded what allows it.
      const situation = this.#situation();
      const decision = decide(situation, event);
      if (!decision.accepted) {
        const first = await this.#findRepeated(event);
        if (first) return acknowledge(first);
        if (await this.#catchUp()) continue;
        if (decision.refusal.code === 'attempt_expired') this.signal('attempt_expired');
        throw decision.refusal;
      }

      // 3. Append. From here until the answer nobody knows whether the event is stored.
      const recorded = this.#record(event, situation.now, batched);
      const result = await this.#append(recorded);
      if (result.outcome === 'sequence_taken') continue;
      if (result.outcome === 'repeated') return acknowledge(result.first);

      // 4. Apply. Whoever is told of a completion may ask for the results at once, so the stored attempt comes first.
      this.#uncertain = false;
      this.#services.projector.noteRecorded(recorded);
      this.#actor.apply(recorded);

      // 5. Tell: the watchers have just heard of it, the sender hears by this answer.
      return acknowledge(recorded);
    }
    throw overloaded('The attempt is busy; send the event again shortly.', {
      retry_after: 1,
    });
  }

  #situation(): Situation {
    const { state, task, attempt } = this;
    return { state, task, now: this.now(), expires_at: attempt.expires_at };
  }

  async #findRepeated(event: SubmittedEvent): Promise<RecordedEvent | undefined> {
    if (event.client_event_id === undefined) return undefined;
    return this.#services.journal.findRepeated(this.attempt.attempt_id, event.client_event_id);
  }

  #record(event: SubmittedEvent, now: Date, batched: boolean): RecordedEvent {
    return recordOf(event, {
      event_id: this.#services.newEventId(),
      sequence_number: this.#actor.sequence_number + 1,
      timestamp_server: new Date(Math.max(now.getTime(), this.#actor.lastEventAt)),
      batched,
    });
  }

  async #append(recorded: RecordedEvent) {
    this.#uncertain = true;
    try {
      return await this.#services.journal.append(recorded);
    } catch (error) {
      this.#services.onUncertain(this.attempt.attempt_id);
      throw error;
    }
  }

  /** Applies what the journal has and the actor has not. @returns whether there was anything. */
  async #catchUp(): Promise<boolean> {
    const { journal, projector } = this.#services;
    const events = await journal.read(this.attempt.attempt_id, { after: this.#actor.sequence_number });
    const hadExpired = isExpired(this.state);
    if (hadExpired && events.length > 0) await this.#reopen();
    for (const event of events) {
      // Whoever recorded it may have ended before it saw to the stored attempt.
      projector.noteRecorded(event);
      this.#actor.apply(event);
    }
    if (hadExpired) this.signal('attempt_expired');
    this.#uncertain = false;
    return events.length > 0;
  }

  /** Expiring is not recorded and final: to go on from before, what was recorded is told to an actor begun anew. */
  async #reopen(): Promise<void> {
    const limit = this.#actor.sequence_number;
    const events = await this.#services.journal.read(this.attempt.attempt_id, { limit });
    this.#actor.restart();
    for (const event of events) this.#actor.apply(event);
  }
}
