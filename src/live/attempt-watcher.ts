import { isDeepStrictEqual } from 'node:util';
import type { AttemptFeed, AttemptNews, AttemptView } from '../attempts/session/feed.ts';
import { projectionOf } from '../attempts/stored/projection.ts';
import { overloaded } from '../errors.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';
import { eventAck, type LiveMessage, metricsReady } from './messages.ts';

/** Where a watcher gets its information. */
export interface WatchSources {
  feed: AttemptFeed;
  /** The attempt as this process knows it, which may lag behind what other processes have recorded. */
  view(attempt_id: string): Promise<AttemptView>;
  /** The attempt with every event that the journal has when this is called. */
  currentView(attempt_id: string): Promise<AttemptView>;
  /** One page of the events after a sequence number, in order; empty if there are no more. */
  read(attempt_id: string, after: number): Promise<RecordedEvent[]>;
}

/**
 * Follows one attempt for one socket: a cursor over its journal that advances by 1 with each event sent. News that
 * arrive out of order only cause the journal to be read. So no event is sent twice, left out, or sent before it is
 * stored.
 */
export class AttemptWatcher {
  readonly #attempt_id: string;
  readonly #sources: WatchSources;
  #send: (message: LiveMessage) => void = () => undefined;
  #fail: (error: unknown) => void = () => undefined;
  /** Number of the last event sent. */
  #cursor = 0;
  /** Where the attempt stood when the watcher was given its place; undefined if the events before that come first. */
  #first: AttemptView | undefined;
  /** What was sent last of where the attempt stands. */
  #told: Pick<AttemptView, 'state' | 'status' | 'sequence_number'> | undefined;
  /** News that arrived while the journal is being read; undefined when live. */
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
   * before `greet`, and must be stopped.
   */
  static async at(
    attempt_id: string,
    since: number | undefined,
    sources: WatchSources,
  ): Promise<AttemptWatcher> {
    const watcher = new AttemptWatcher(attempt_id, sources);
    try {
      const view = await sources.currentView(attempt_id);
      if (since === undefined) watcher.#first = view;
      watcher.#cursor = Math.min(since ?? view.sequence_number, view.sequence_number);
      return watcher;
    } catch (error) {
      watcher.stop();
      throw error;
    }
  }

  /**
   * Sends the state, unless earlier events come first. Must be called once, before `goLive`.
   * @param fail called if the journal cannot be read later; the watcher cannot continue then
   */
  greet(send: (message: LiveMessage) => void, fail: (error: unknown) => void): void {
    this.#send = send;
    this.#fail = fail;
    if (this.#first) this.#tellState(this.#first);
  }

  /** Sends the stored events after the watcher's place and the state after them, then whatever happens. */
  async goLive(): Promise<void> {
    await this.#catchUp();
  }

  stop(): void {
    this.#isStopped = true;
    this.#stopListening();
  }

  #hear(news: AttemptNews): void {
    if (this.#waiting) this.#waiting.push(news);
    else this.#tell(news);
  }

  #tell(news: AttemptNews): void {
    if (news.kind === 'results_saved') {
      this.#send(metricsReady(this.#attempt_id));
      return;
    }
    const ahead = news.kind === 'state_changed' ? 0 : news.view.sequence_number - this.#cursor;
    if (ahead > 1 || (ahead === 1 && news.kind === 'caught_up')) {
      this.#waiting = [];
      this.#catchUp().catch(this.#fail);
      return;
    }
    if (news.kind === 'event_recorded') {
      if (ahead < 1) return;
      this.#tellEvent(news.event);
    }
    if (news.kind === 'caught_up' && (ahead < 0 || this.#isTold(news.view))) return;
    this.#tellState(news.view);
    if (news.kind !== 'event_recorded' && news.view.status === 'expired') {
      this.#send({ type: 'attempt_status', data: { status: 'expired', completed_at: null } });
    }
  }

  #isTold({ state, status, sequence_number }: AttemptView): boolean {
    return isDeepStrictEqual({ state, status, sequence_number }, this.#told);
  }

  #tellState(view: AttemptView): void {
    const { state, status, sequence_number } = view;
    this.#told = { state, status, sequence_number };
    this.#send({ type: 'attempt_state', data: view });
  }

  #tellEvent(event: RecordedEvent): void {
    this.#send(eventAck(event));
    this.#cursor = event.sequence_number;
    const { status, completed_at = null } = projectionOf(event) ?? {};
    if (status) this.#send({ type: 'attempt_status', data: { status, completed_at } });
  }

  /** Sends the events up to the end of the journal, then the attempt's state, then the news that arrived meanwhile. */
  async #catchUp(): Promise<void> {
    let view = await this.#sources.view(this.#attempt_id);
    while (this.#cursor < view.sequence_number && !this.#isStopped) {
      const events = await this.#sources.read(this.#attempt_id, this.#cursor);
      // The session knows of events that the journal no longer has, as after a restored backup.
      if (events.length === 0) throw overloaded('The record of this attempt cannot be read now.');
      for (const event of events) {
        // The journal may be ahead of the view. News of such an event will arrive, together with its state.
        if (event.sequence_number <= view.sequence_number) this.#tellEvent(event);
      }
      view = await this.#sources.view(this.#attempt_id);
    }
    if (!this.#isTold(view)) this.#tellState(view);
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    if (view.state === 'locked') {
      // Nothing can follow, and the waiting news are older than this state.
      this.#send(metricsReady(this.#attempt_id));
      return;
    }
    for (const news of waiting) this.#hear(news);
  }
}
