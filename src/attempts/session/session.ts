import type { AttemptSnapshot, ServerSignal } from '../../../machines/index.ts';
import { DatabaseUnavailable, overloaded, type Refusal } from '../../errors.ts';
import { bytesOf } from '../../events/event-size.ts';
import type { RecordedEvent } from '../../events/recorded-event.ts';
import type { SubmittedEvent } from '../../events/submitted-event.ts';
import type { Task } from '../../tasks/task.ts';
import type { AttemptFacts } from '../attempt.ts';
import type { AttemptActor } from './attempt-actor.ts';
import { applyMissing } from './catching-up.ts';
import { type CompletionRequest, judgeCompletion } from './completing.ts';
import { type Accepted, decide, type Judged, type Refused, refuseClosed, type Situation } from './decide.ts';
import type { AttemptView } from './feed.ts';
import { isCompleted, viewOf } from './machine-state.ts';
import { Mailbox } from './mailbox.ts';
import { type Acknowledgement, acknowledge, acknowledgeRepeat, recordOf } from './recording.ts';
import type { SessionServices, SessionStart } from './session-services.ts';

/** Judges what a front end posted in the attempt as it stands. */
type Judge = (situation: Situation) => Judged;

function judgeEvent(event: SubmittedEvent): Judge {
  return (situation) => ({ ...decide(situation, event), event });
}

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

  constructor({ attempt, task, actor }: SessionStart, services: SessionServices) {
    const { attempt_id, user_id, redeemed_at, expires_at, chain } = attempt;
    // Only what is needed, with the task's id string shared: there may be many thousands of sessions.
    this.attempt = { attempt_id, user_id, task_id: task.task_id, redeemed_at, expires_at, chain };
    this.task = task;
    this.#services = services;
    this.#mailbox = new Mailbox(services.mailboxCapacity);
    this.#actor = actor;
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

  /** Server time of the last recorded event; null before the first. */
  get lastEventAt(): Date | null {
    const { lastEventAt } = this.#actor.clocks;
    return lastEventAt === 0 ? null : new Date(lastEventAt);
  }

  /**
   * Takes one event, after those submitted before it.
   * @throws Refusal if the event is not accepted; nothing has then changed.
   * @throws any database error; it is then unknown whether the event was stored.
   */
  async submit(event: SubmittedEvent): Promise<Acknowledgement> {
    return this.#mailbox.run(() => this.#take(judgeEvent(event)), { events: 1, bytes: bytesOf(event) });
  }

  /**
   * Takes several events in order, with no other event between them, and stops at the first that is not accepted.
   * @returns for each event that was tried, its acknowledgement or the error that `submit` would have thrown
   */
  async submitBatch(events: readonly SubmittedEvent[]): Promise<(Acknowledgement | Error)[]> {
    const bytes = events.reduce((sum, event) => sum + bytesOf(event), 0);
    return this.#mailbox.run(
      async () => {
        const verdicts: (Acknowledgement | Error)[] = [];
        for (const event of events) {
          const verdict = await this.#take(judgeEvent(event), events.length > 1).catch(
            (error: Error) => error,
          );
          verdicts.push(verdict);
          if (verdict instanceof Error) break;
        }
        return verdicts;
      },
      { events: Math.max(events.length, 1), bytes },
    );
  }

  /** Completes the attempt with the option selected when its turn comes. @throws as `submit` does */
  async complete(request: CompletionRequest): Promise<Acknowledgement> {
    const { attempt_id } = this.attempt;
    const judge: Judge = (situation) =>
      judgeCompletion(situation, attempt_id, request, this.#actor.clocks.lastDifferenceMs);
    return this.#mailbox.run(() => this.#take(judge), {
      events: 1,
      bytes: bytesOf({ ...request, payload: {} }),
    });
  }

  /** Applies events that other processes have recorded, and ends the attempt if its time is over. */
  async catchUp(): Promise<void> {
    await this.#mailbox.run(async () => {
      await this.#catchUp();
      if (this.isOverdue) this.signal('attempt_expired');
    });
  }

  /** Expires the attempt after the events in the mailbox: an event being stored at that moment still counts. */
  async expire(): Promise<void> {
    await this.#mailbox.run(async () => {
      await this.#catchUp();
      this.signal('attempt_expired');
    });
  }

  /** How anything more would be refused, if the attempt is completed or its time is over; undefined while it is open. */
  refuseClosed(): Refusal | undefined {
    return refuseClosed(this.#situation());
  }

  /** Whether its time is over, but it has not ended yet. */
  get isOverdue(): boolean {
    return this.state.status === 'active' && this.refuseClosed()?.code === 'attempt_expired';
  }

  /** Sends a signal to the actor, if the current state handles it. */
  signal(type: ServerSignal['type']): void {
    this.#actor.signal(type);
  }

  /** Stops the actor. Nothing is lost, because the journal has everything. */
  stop(): void {
    this.#actor.stop();
  }

  /**
   * Takes one event from top to bottom, and starts again from the top if another process was faster. It is then judged
   * again, because the other process may have changed the selection.
   */
  async #take(judge: Judge, batched = false): Promise<Acknowledgement> {
    for (let round = 0; round < MAX_ROUNDS && !this.hasFailed; round += 1) {
      // 1. Catch up. If the outcome of an earlier append is unknown, read the journal before deciding anything.
      if (this.#uncertain) await this.#catchUp();

      // 2. Decide. A refused event may be a repeat, or another process may have recorded an event that allows it.
      const situation = this.#situation();
      const judged = judge(situation);
      if (!judged.accepted) {
        const first = judged.event && (await this.#findRepeated(judged.event));
        if (judged.event && first) return acknowledgeRepeat(judged.event, first, this.state);
        if (await this.#catchUp()) continue;
        throw this.#refuse(judged);
      }

      // 3. Append. Until the answer it is unknown whether the event is stored.
      const recorded = this.#record(judged, situation.now, batched);
      const result = await this.#append(recorded);
      if (result.outcome === 'sequence_taken') continue;
      if (result.outcome === 'repeated') return acknowledgeRepeat(judged.event, result.first, this.state);

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
    const { clock, correctsClientClocks } = this.#services;
    const { volume, clocks } = this.#actor;
    const { firstClientTime } = clocks;
    return {
      state,
      task,
      volume,
      now: clock.now(),
      latest: clock.latest(),
      isOver: clock.hasPassed(attempt.expires_at),
      correction: correctsClientClocks ? { redeemed_at: attempt.redeemed_at, firstClientTime } : undefined,
    };
  }

  #refuse({ refusal, clockAheadMs }: Refused): Refusal {
    if (this.isOverdue) {
      this.signal('attempt_expired');
      return this.refuseClosed() ?? refusal;
    }
    if (clockAheadMs !== undefined) this.#services.onClockAhead(this.attempt.attempt_id, clockAheadMs);
    return refusal;
  }

  async #findRepeated(event: SubmittedEvent): Promise<RecordedEvent | undefined> {
    if (event.client_event_id === undefined) return undefined;
    return this.#services.journal.findRepeated(this.attempt.attempt_id, event.client_event_id);
  }

  #record({ event, isClockCorrected }: Accepted, now: Date, batched: boolean): RecordedEvent {
    const recorded = recordOf(event, {
      event_id: this.#services.newEventId(),
      sequence_number: this.#actor.sequence_number + 1,
      timestamp_server: new Date(Math.max(now.getTime(), this.#actor.clocks.lastEventAt)),
      batched,
      isClockCorrected,
    });
    return this.#actor.link(recorded);
  }

  async #append(recorded: RecordedEvent) {
    this.#uncertain = true;
    try {
      return await this.#services.journal.append(recorded);
    } catch (error) {
      if (error instanceof DatabaseUnavailable && error.isNothingStored) this.#uncertain = false;
      else this.#services.onUncertain(recorded.attempt_id, recorded.sequence_number);
      throw error;
    }
  }

  /** Applies the events that the journal has and the actor has not. @returns whether there were any */
  async #catchUp(): Promise<boolean> {
    const hasMoved = await applyMissing(this.#actor, this.#services);
    this.#uncertain = false;
    return hasMoved;
  }
}
