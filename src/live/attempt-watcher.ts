import { isDeepStrictEqual } from 'node:util';
import type { AttemptFeed, AttemptNews, AttemptView } from '../attempts/session/feed.ts';
import { statusAfter } from '../attempts/stored/projection.ts';
import { overloaded } from '../errors.ts';
import type { EventHead } from '../events/recorded-event.ts';
import { attemptState, eventAck, type LiveMessage, metricsReady } from './messages.ts';

/** Where a watcher gets its information. */
export interface WatchSources {
  feed: AttemptFeed;
  /** Reads when it is this watcher's turn; undefined if nobody wants to be told any more when it is. */
  inTurn<T>(read: () => Promise<T>): Promise<T | undefined>;
  /** The attempt as it is now, with all events that the journal has at the time of the call. */
  view(attempt_id: string): Promise<AttemptView>;
  /** One page of the events after a sequence number, in order; empty if there are no more. */
  read(attempt_id: string, after: number): Promise<EventHead[]>;
}

/** Where a watcher tells what it knows. */
export interface Outlet {
  /** Once false, nothing is sent any more. */
  readonly isOpen: boolean;
  send(message: LiveMessage): void;
  /** Resolves when the reader has taken most of what was sent, or nothing more can be sent. */
  room(): Promise<void>;
}

/** How many news are kept while the journal is being read. What is missing of more is read from the journal. */
const MAX_WAITING = 100;

/**
 * Follows one attempt for one socket: a cursor over its journal that advances by 1 with each event sent. News that
 * arrive out of order only cause the journal to be read. So no event is sent twice, left out, or sent before it is
 * stored.
 */
export class AttemptWatcher {
  readonly #attempt_id: string;
  readonly #sources: WatchSources;
  #outlet: Outlet | undefined;
  #fail: (error: unknown) => void = () => undefined;
  /** Number of the last event sent. */
  #cursor = 0;
  /** Where the attempt stood when the watcher got its place. */
  #first: AttemptView | undefined;
  /** State and status that were sent last. */
  #told: Pick<AttemptView, 'state' | 'status'> | undefined;
  #isReadyTold = false;
  /** The latest news while the journal is being read; undefined when live. */
  #waiting: AttemptNews[] | undefined = [];
  #isStopped = false;
  readonly #stopListening: () => void;

  private constructor(attempt_id: string, sources: WatchSources) {
    this.#attempt_id = attempt_id;
    this.#sources = sources;
    // Listen before reading anything, so that no news can be missed.
    this.#stopListening = sources.feed.subscribe(attempt_id, (news) => this.#hear(news));
  }

  /**
   * A watcher that will send every event after number `since`, or after the last one in the journal. It sends nothing
   * before `start`, and must be stopped.
   * @throws Refusal 404 `not_found`, and any error of reading the attempt
   */
  static async at(
    attempt_id: string,
    since: number | undefined,
    sources: WatchSources,
  ): Promise<AttemptWatcher> {
    const watcher = new AttemptWatcher(attempt_id, sources);
    try {
      const view = await sources.view(attempt_id);
      watcher.#first = view;
      watcher.#cursor = Math.min(since ?? view.sequence_number, view.sequence_number);
      return watcher;
    } catch (error) {
      watcher.stop();
      throw error;
    }
  }

  /**
   * Sends the stored events after its place, then the state, then goes live. Must be called once.
   * @param fail called if the journal cannot be read later; the watcher cannot continue then
   * @throws any error of reading the journal
   */
  async start(outlet: Outlet, fail: (error: unknown) => void): Promise<void> {
    this.#outlet = outlet;
    this.#fail = fail;
    if (this.#first) await this.#catchUp(this.#first);
  }

  stop(): void {
    this.#isStopped = true;
    this.#stopListening();
  }

  /** Whether nobody listens any more. */
  get #isOver(): boolean {
    return this.#isStopped || this.#outlet?.isOpen === false;
  }

  #hear(news: AttemptNews): void {
    if (!this.#waiting) {
      this.#tell(news);
      return;
    }
    this.#waiting.push(news);
    if (this.#waiting.length > MAX_WAITING) this.#waiting.shift();
  }

  #tell(news: AttemptNews): void {
    if (news.kind === 'results_saved') {
      this.#tellReady();
      return;
    }
    const { kind, view } = news;
    const ahead = view.sequence_number - this.#cursor;
    // The session lags behind what this watcher has already told.
    if (ahead < 0) return;
    if (ahead > 1 || (ahead === 1 && kind !== 'event_recorded')) {
      this.#catchUp(view).catch(this.#fail);
      return;
    }
    if (kind === 'event_recorded') {
      if (ahead === 0) return;
      this.#tellEvent(news.event);
    }
    // News may come late, when many are told; the state may have been told by catching up meanwhile.
    if (kind !== 'event_recorded' && this.#isTold(view)) return;
    this.#tellState(view);
    if (kind === 'caught_up' && view.state === 'locked') this.#tellReady();
  }

  #isTold({ state, status }: AttemptView): boolean {
    return isDeepStrictEqual({ state, status }, this.#told);
  }

  #tellState(view: AttemptView): void {
    // No event is recorded when an attempt expires.
    const hasExpired = view.status === 'expired' && this.#told !== undefined && !this.#isTold(view);
    this.#told = { state: view.state, status: view.status };
    this.#send(attemptState(view));
    if (hasExpired) this.#send({ type: 'attempt_status', data: { status: 'expired', completed_at: null } });
  }

  #tellEvent(event: EventHead): void {
    this.#send(eventAck(event));
    this.#cursor = event.sequence_number;
    const status = statusAfter(event);
    if (status) this.#send({ type: 'attempt_status', data: status });
  }

  /** Only the first time. */
  #tellReady(): void {
    if (!this.#isReadyTold) this.#send(metricsReady(this.#attempt_id));
    this.#isReadyTold = true;
  }

  #send(message: LiveMessage): void {
    this.#outlet?.send(message);
  }

  /** Sends the events that lead to `view`, then `view`, then the news that arrived meanwhile. */
  async #catchUp(view: AttemptView): Promise<void> {
    this.#waiting ??= [];
    while (this.#cursor < view.sequence_number) {
      const events = await this.#readNext();
      if (this.#isOver) return;
      // The session knows of events that the journal no longer has, as after a restored backup.
      if (events.length === 0) throw overloaded('The record of this attempt cannot be read now.');
      for (const event of events) {
        // The journal may be ahead of the view. News of such an event will arrive, together with its state.
        if (event.sequence_number <= view.sequence_number) this.#tellEvent(event);
      }
    }
    this.#tellState(view);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (view.state === 'locked') {
      // Nothing can follow, and the waiting news are older than this state.
      this.#tellReady();
      return;
    }
    for (const news of waiting) this.#hear(news);
  }

  /** The next page of events, once the reader has taken the previous one; none if it has left. */
  async #readNext(): Promise<EventHead[]> {
    await this.#outlet?.room();
    const read = this.#sources.inTurn(async () =>
      this.#isOver ? [] : this.#sources.read(this.#attempt_id, this.#cursor),
    );
    return (await read) ?? [];
  }
}
