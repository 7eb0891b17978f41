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
import { type Acknowledgement, acknowledge, acknowledgeRepeat, recordOf } from './recording.ts';

/** What all sessions of a process share. */
export interface SessionServices extends AttemptActorServices {
  journal: Pick<Journal, 'append' | 'read' | 'findRepeated'>;
  projector: Pick<AttemptProjector, 'noteRecorded' | 'noteExpired' | 'noteMissing'>;
  /** Called when it is unknown whether an event was stored, so that the journal is read again soon. */
  onUncertain(attempt_id: string): void;
  now(): Date;
  newEventId(): string;
  mailboxCapacity: number;
}

/** What a session starts from: an attempt and its journal. */
export interface SessionStart {
  attempt: AttemptFacts;
  task: Task;
  machine: AttemptMachine;
  /** The final state of a locked or expired attempt; any other attempt starts in the machine's initial state. */
  ended?: AttemptSnapshot | undefined;
  /** All recorded events of the attempt. */
  events: readonly RecordedEvent[];
}

/** What a completion contains besides the selection. */
type CompletionDetails = Pick<SubmittedEvent, 'timestamp_client' | 'metadata' | 'client_event_id'>;

/** How many races for a sequence number an event may lose before it is refused. */
const MAX_ROUNDS = 20;

/**
 * One attempt in this process's memory: a mailbox that takes one event at a time, and the running actor. The
 * registry creates and removes it; everything in it can be rebuilt from the journal. Memory never leads the
 * journal: an event reaches the actor only once it is on disk.
 */
export class Session {
  readonly attempt: AttemptFacts;
  readonly task: Task;
  readonly #services: SessionServices;
  readonly #mailbox: Mailbox;
  readonly #actor: AttemptActor;
  /** True while the journal may contain events that the actor has not received. */
  #uncertain = false;

  constructor({ attempt, task, machine, ended, events }: SessionStart, services: SessionServices) {
    const { attempt_id, user_id, expires_at } = attempt;
    // Only what is needed, with the task's id string shared: there may be many thousands of sessions.
    this.attempt = { attempt_id, user_id, task_id: task.task_id, expires_at };
    this.task = task;
    this.#services = services;
    this.#mailbox = new Mailbox(services.mailboxCapacity);
    const { requires_reasoning } = task;
    this.#actor = new AttemptActor(machine, ended ?? { attempt_id, requires_reasoning }, services);
    // If a completed attempt has no results yet, its completion makes the running actor compute them.
    if (!ended) for (const event of events) this.#actor.apply(event);
  }

  get state(): AttemptSnapshot {
    return this.#actor.state;
  }

  get view(): AttemptView {
    return viewOf(this.state);
  }

  /** Whether the actor has stopped because of an error. Only a new session can then continue. */
  get hasFailed(): boolean {
    return this.#actor.hasFailed;
  }

  /** Whether it could be removed now without interrupting anything. */
  get isIdle(): boolean {
    return this.#mailbox.depth === 0 && (this.state.status !== 'active' || !isCompleted(this.state));
  }

  /** The server's clock. */
  now(): Date {
    return this.#services.now();
  }

  /**
   * Takes one event, after those submitted before it.
   * @throws Refusal if the event is not accepted; nothing has then changed.
   * @throws any database error; it is then unknown whether the event was stored.
   */
  async submit(event: SubmittedEvent): Promise<Acknowledgement> {
    return this.#mailbox.run(() => this.#take(event));
  }

  /**
   * Takes several events in order, with no other event between them, and stops at the first that is not accepted.
   * @returns for each event that was tried, its acknowledgement or the error that `submit` would have thrown
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

  /** Completes the attempt with the option selected when its turn comes. @throws as `submit` does */
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

  /** Applies events that other processes have recorded. */
  async catchUp(): Promise<void> {
    await this.#mailbox.run(() => this.#catchUp());
  }

  /** Expires the attempt after the events in the mailbox: an event being stored at that moment still counts. */
  async expire(): Promise<void> {
    await this.#mailbox.run(async () => {
      await this.#catchUp();
      this.signal('attempt_expired');
    });
  }

  /** Sends a signal to the actor, if the current state handles it. */
  signal(type: ServerSignal['type']): void {
    this.#actor.signal(type);
  }

  /** Stops the actor. Nothing is lost, because the journal has everything. */
  stop(): void {
    this.#actor.stop();
  }

  /** Takes one event from top to bottom, and starts again from the top if another process was faster. */
  async #take(event: SubmittedEvent, batched = false): Promise<Acknowledgement> {
    for (let round = 0; round < MAX_ROUNDS && !this.hasFailed; round += 1) {
      // 1. Catch up. If the outcome of an earlier append is unknown, read the journal before deciding anything.
      if (this.#uncertain) await this.#catchUp();

      // 2. Decide. A refused event may be a repeat, or another process may have recorded an event that allows it.
      const situation = this.#situation();
      const decision = decide(situation, event);
      if (!decision.accepted) {
        const first = await this.#findRepeated(event);
        if (first) return acknowledgeRepeat(event, first, this.state);
        if (await this.#catchUp()) continue;
        if (decision.refusal.code === 'attempt_expired') this.signal('attempt_expired');
        throw decision.refusal;
      }

      // 3. Append. Until the answer it is unknown whether the event is stored.
      const recorded = this.#record(event, situation.now, batched);
      const result = await this.#append(recorded);
      if (result.outcome === 'sequence_taken') continue;
      if (result.outcome === 'repeated') return acknowledgeRepeat(event, result.first, this.state);

      // 4. Apply. The stored attempt comes first, because a watcher may ask for results as soon as it sees a completion.
      this.#uncertain = false;
      this.#services.projector.noteRecorded(recorded);
      this.#actor.apply(recorded);

      // 5. Tell. The watchers have already been told; the sender learns of it by this answer.
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

  /** Applies the events that the journal has and the actor has not. @returns whether there were any */
  async #catchUp(): Promise<boolean> {
    const { journal, projector } = this.#services;
    const known = this.#actor.sequence_number;
    const hadExpired = isExpired(this.state);
    const events = await journal.read(this.attempt.attempt_id, { after: known });
    if (hadExpired && events.length > 0) await this.#reopen(known);
    for (const event of events) {
      // The process that recorded the event may have ended before it updated the stored attempt.
      projector.noteRecorded(event);
      this.#actor.apply(event);
    }
    if (hadExpired) this.signal('attempt_expired');
    this.#uncertain = false;
    return events.length > 0;
  }

  /**
   * Restarts an expired actor and sends it its events up to number `last` again. Expiry is a final state and is not
   * recorded, so this is the only way back to the state before it.
   */
  async #reopen(last: number): Promise<void> {
    const { journal } = this.#services;
    const events = last === 0 ? [] : await journal.read(this.attempt.attempt_id, { limit: last });
    this.#actor.restart();
    for (const event of events) this.#actor.apply(event);
  }
}
