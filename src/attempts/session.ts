import type { AttemptActor, AttemptMachine, AttemptSnapshot } from '../../machines/index.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';
import type { SubmittedEvent } from '../events/submitted-event.ts';
import type { Journal } from '../journal/journal.ts';
import type { Task } from '../tasks/task.ts';
import type { AttemptFacts } from './attempt.ts';
import { startActor, stopActor } from './attempt-actor.ts';
import { decide, refuseWithoutSelection, type Situation } from './decide.ts';
import type { AttemptFeed, AttemptNews, AttemptView } from './feed.ts';
import { isCompleted, isExpired, nextState, toMachineEvent, viewOf } from './machine-state.ts';
import { Mailbox } from './mailbox.ts';
import { type Projection, projectionOf, projectionOfAll } from './projection.ts';
import { type Acknowledgement, acknowledge, recordOf } from './recording.ts';
import { continueReplay, replay } from './replay.ts';

/** What every session of a process shares. */
export interface SessionServices {
  journal: Pick<Journal, 'append' | 'read' | 'findRepeated'>;
  feed: AttemptFeed;
  /** Brings the stored attempt in line, soon; the journal can repair it. For `isOwn` see `Projector.project`. */
  project(attempt_id: string, change: Partial<Projection>, isOwn?: boolean): void;
  /** Called when nobody knows whether an event was stored: the session should soon be made to catch up. */
  onUncertain(session: Session): void;
  now(): Date;
  newEventId(): string;
  mailboxCapacity: number;
}

/** What a session begins with: an attempt and the state that its journal leads to. */
export interface SessionStart {
  attempt: AttemptFacts;
  task: Task;
  machine: AttemptMachine;
  state: AttemptSnapshot;
  /** Server time of the last recorded event. */
  last_recorded_at: Date | undefined;
}

/**
 * The live actor of one attempt inside this process. The registry creates and ends it; nothing but the journal
 * outlives it. Memory never leads the journal: an event reaches the actor only once it is on disk.
 */
export class Session {
  readonly attempt: AttemptFacts;
  readonly task: Task;
  readonly #machine: AttemptMachine;
  readonly #services: SessionServices;
  readonly #mailbox: Mailbox;
  #actor: AttemptActor;
  /** Server time of the last recorded event, in ms since the epoch. */
  #lastTime: number;
  /** True while the journal may hold events that the actor has not seen. */
  #stale = false;
  #broken = false;

  constructor({ attempt, task, machine, state, last_recorded_at }: SessionStart, services: SessionServices) {
    const { user_id, expires_at } = attempt;
    // Ids that are in memory already: there may be many thousands of sessions.
    this.attempt = { attempt_id: state.context.attempt_id, user_id, task_id: task.task_id, expires_at };
    this.task = task;
    this.#machine = machine;
    this.#services = services;
    this.#mailbox = new Mailbox(services.mailboxCapacity);
    this.#lastTime = last_recorded_at?.getTime() ?? 0;
    this.#actor = this.#start(state);
  }

  get state(): AttemptSnapshot {
    return this.#actor.getSnapshot();
  }

  get view(): AttemptView {
    return viewOf(this.state);
  }

  /** Whether the actor and the journal contradict each other, so that only a new session can go on. */
  get isBroken(): boolean {
    return this.#broken;
  }

  /** Whether it could be ended now without leaving anything half done. */
  get isIdle(): boolean {
    return this.#mailbox.depth === 0 && (this.state.status !== 'active' || !isCompleted(this.state));
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
   * Takes several events in order and without any other between them, up to the first that is not accepted.
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
  async complete(
    details: Pick<SubmittedEvent, 'timestamp_client' | 'metadata' | 'client_event_id'>,
  ): Promise<Acknowledgement> {
    return this.#mailbox.run(async () => {
      if (this.#stale) await this.#catchUp();
      if (!this.state.context.selection) await this.#catchUp();
      const refusal = refuseWithoutSelection(this.#situation());
      if (refusal) throw refusal;
      const { option_id = '', option_code = '' } = this.state.context.selection ?? {};
      return this.#take({
        ...details,
        attempt_id: this.attempt.attempt_id,
        event_type: 'task_completed',
        payload: { final_option_id: option_id, final_option_code: option_code },
      });
    });
  }

  /** The server's clock. */
  now(): Date {
    return this.#services.now();
  }

  /** Applies what other processes have recorded meanwhile. */
  async catchUp(): Promise<void> {
    await this.#mailbox.run(() => this.#catchUp());
  }

  /** Expires after the events that are under way: one that is being stored when its time ends still counts. */
  async expire(): Promise<void> {
    await this.#mailbox.run(async () => this.#signal('attempt_expired'));
  }

  /** Tells the actor something that is not a behavior event, if it has a use for it now. */
  signal(type: 'retry_requested' | 'results_saved'): void {
    this.#signal(type);
  }

  #signal(type: 'attempt_expired' | 'retry_requested' | 'results_saved'): void {
    if (!this.state.can({ type })) return;
    this.#actor.send({ type });
    this.#services.feed.publish(this.attempt.attempt_id, { kind: 'state_changed', view: this.view });
  }

  /** Ends the actor; the journal has everything. */
  stop(): void {
    stopActor(this.#actor);
  }

  /** One event, top to bottom. */
  async #take(event: SubmittedEvent, batched = false): Promise<Acknowledgement> {
    // 1. What became uncertain is looked up in the journal before anything is decided on it.
    if (this.#stale) await this.#catchUp();

    // 2. Decide. A refused event may be a repeat of one that was accepted earlier.
    const situation = this.#situation();
    const refusal = decide(situation, event);
    if (refusal) {
      const first = await this.#findRepeated(event);
      if (first) return acknowledge(first);
      // Another process may have recorded what allows it; a number that is taken would only show when it is appended.
      if (await this.#catchUp()) return this.#take(event, batched);
      if (refusal.code === 'attempt_expired') this.#expire();
      throw refusal;
    }

    // 3. Append. From here until the answer nobody knows whether the event is stored.
    const recorded = this.#record(event, situation.now, batched);
    this.#stale = true;
    const result = await this.#services.journal.append(recorded).catch((error: unknown) => {
      this.#services.onUncertain(this);
      throw error;
    });
    if (result.outcome === 'sequence_taken') return this.#take(event, batched);
    if (result.outcome === 'repeated') return acknowledge(result.first);

    // 4. Whoever is told of a completion may ask for the results at once, so this comes first.
    const change = projectionOf(recorded);
    if (change) this.#services.project(this.attempt.attempt_id, change);

    // 5. Apply, and only then 6. tell: the watchers first, the sender by returning.
    this.#stale = false;
    this.#apply(recorded);
    return acknowledge(recorded);
  }

  #expire(): void {
    if (isExpired(this.state)) return;
    this.#signal('attempt_expired');
    this.#services.project(this.attempt.attempt_id, { status: 'expired' });
  }

  #situation(): Situation {
    const { task, attempt, state } = this;
    return { state, task, now: this.#services.now(), expires_at: attempt.expires_at };
  }

  async #findRepeated(event: SubmittedEvent): Promise<RecordedEvent | undefined> {
    if (event.client_event_id === undefined) return undefined;
    return this.#services.journal.findRepeated(this.attempt.attempt_id, event.client_event_id);
  }

  #record(event: SubmittedEvent, now: Date, batched: boolean): RecordedEvent {
    return recordOf(event, {
      event_id: this.#services.newEventId(),
      sequence_number: this.state.context.sequence_number + 1,
      timestamp_server: new Date(Math.max(now.getTime(), this.#lastTime)),
      batched,
    });
  }

  #apply(recorded: RecordedEvent): void {
    const { feed } = this.#services;
    this.#actor.send(toMachineEvent(recorded));
    this.#lastTime = recorded.timestamp_server.getTime();
    const { sequence_number } = this.state.context;
    if (sequence_number !== recorded.sequence_number) {
      this.#broken = true;
      throw new Error(
        `Attempt ${recorded.attempt_id}: the actor counts ${sequence_number} events, the journal ${recorded.sequence_number}`,
      );
    }
    if (feed.isWatched(recorded.attempt_id)) {
      feed.publish(recorded.attempt_id, { kind: 'event_recorded', event: recorded, view: this.view });
    }
    if (recorded.event_type === 'task_completed') this.#tellResults(this.#actor);
  }

  /**
   * Replays what the journal has and the actor has not, then goes on with a new actor from there.
   * @returns whether there was anything.
   */
  async #catchUp(): Promise<boolean> {
    const { attempt_id } = this.attempt;
    const { journal } = this.#services;
    const uncertain = this.#stale;
    const after = this.state.context.sequence_number;
    const events = await journal.read(attempt_id, { after });
    const news: AttemptNews[] = [];
    const expired = isExpired(this.state);
    // Expiring is not recorded and final: to go on from there, what was recorded before is replayed.
    let state = expired && events.length > 0 ? await this.#replayUntil(after) : this.state;
    for (const event of events) {
      state = continueReplay(this.#machine, state, [event]);
      this.#lastTime = event.timestamp_server.getTime();
      news.push({ kind: 'event_recorded', event, view: viewOf(state) });
    }
    this.#stale = false;
    if (events.length === 0) return false;
    if (expired && !isCompleted(state)) state = nextState(this.#machine, state, { type: 'attempt_expired' });
    stopActor(this.#actor);
    this.#actor = this.#start(state);
    for (const item of news) this.#services.feed.publish(attempt_id, item);
    // Whoever recorded them may have ended before it saw to the stored attempt; what was uncertain may be our own.
    this.#services.project(attempt_id, projectionOfAll(events), uncertain);
    return true;
  }

  async #replayUntil(last: number): Promise<AttemptSnapshot> {
    const events = await this.#services.journal.read(this.attempt.attempt_id);
    const input = { attempt_id: this.attempt.attempt_id, requires_reasoning: this.task.requires_reasoning };
    return replay(
      this.#machine,
      input,
      events.filter(({ sequence_number }) => sequence_number <= last),
    );
  }

  #start(state: AttemptSnapshot): AttemptActor {
    return startActor(this.#machine, state, (actor) => {
      if (isCompleted(state)) this.#tellResults(actor);
    });
  }

  /** Only from completion on does the actor move by itself, so only then is it listened to. */
  #tellResults(actor: AttemptActor): void {
    const { attempt_id } = this.attempt;
    const { feed } = this.#services;
    actor.subscribe((state) => {
      if (!feed.isWatched(attempt_id)) return;
      feed.publish(attempt_id, { kind: 'state_changed', view: viewOf(state) });
      if (state.matches('locked')) feed.publish(attempt_id, { kind: 'results_saved' });
    });
  }
}
