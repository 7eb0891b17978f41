import { isDeepStrictEqual } from 'node:util';
import type { AttemptFeed, AttemptNews, AttemptView } from '../attempts/session/feed.ts';
import { projectionOf } from '../attempts/stored/projection.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';
import { eventAck, type LiveMessage, metricsReady } from './messages.ts';

/** Where a watcher learns what it tells. */
export interface WatchSources {
  feed: AttemptFeed;
  /** The attempt as it is now. */
  view(attempt_id: string): Promise<AttemptView>;
  /** The events after a sequence number in their order, a page at a time; empty when there are no more. */
  read(attempt_id: string, after: number): Promise<RecordedEvent[]>;
}

/**
 * Follows one attempt for one socket: a cursor over its journal that moves by 1 with each event told. News that
 * arrive out of step are only a hint to read the journal on, so nothing is told twice, left out, or told before
 * it is stored.
 */
export class AttemptWatcher {
  readonly #attempt_id: string;
  readonly #sources: WatchSources;
  readonly #send: (message: LiveMessage) => void;
  readonly #fail: (error: unknown) => void;
  /** Number of the last event told. */
  #cursor = 0;
  #toldState: AttemptView['state'] | undefined;
  /** News that wait while the journal is read; undefined when live. */
  #waiting: AttemptNews[] | undefined = [];
  readonly #stopListening: () => void;

  /** @param fail called when the journal cannot be read; the watcher has lost its place then. */
  constructor(
    attempt_id: string,
    sources: WatchSources,
    send: (message: LiveMessage) => void,
    fail: (error: unknown) => void,
  ) {
    this.#attempt_id = attempt_id;
    this.#sources = sources;
    this.#send = send;
    this.#fail = fail;
    // Listening begins before anything is read, so that there is no moment of which nothing is known.
    this.#stopListening = sources.feed.subscribe(attempt_id, (news) => this.#hear(news));
  }

  /** Tells the stored events after number `since` where it is given, then the state, then goes live. */
  async start(since: number | undefined): Promise<void> {
    const { sequence_number } = await this.#sources.view(this.#attempt_id);
    this.#cursor = Math.min(since ?? sequence_number, sequence_number);
    await this.#catchUp();
  }

  stop(): void {
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
    if (news.kind === 'caught_up' && isDeepStrictEqual(news.view.state, this.#toldState)) return;
    this.#tellState(news.view);
    if (news.kind !== 'event_recorded' && news.view.status === 'expired') {
      this.#send({ type: 'attempt_status', data: { status: 'expired', completed_at: null } });
    }
  }

  #tellState(view: AttemptView): void {
    this.#toldState = view.state;
    this.#send({ type: 'attempt_state', data: view });
  }

  #tellEvent(event: RecordedEvent): void {
    this.#send(eventAck(event));
    this.#cursor = event.sequence_number;
    const { status, completed_at = null } = projectionOf(event) ?? {};
    if (status) this.#send({ type: 'attempt_status', data: { status, completed_at } });
  }

  /** Reads the journal to its end, tells where the attempt stands, then what was heard meanwhile. */
  async #catchUp(): Promise<void> {
    let view = await this.#sources.view(this.#attempt_id);
    while (this.#cursor < view.sequence_number) {
      for (const event of await this.#sources.read(this.#attempt_id, this.#cursor)) {
        // The journal may be one event ahead of the view; that one is about to be heard, with its own state.
        if (event.sequence_number <= view.sequence_number) this.#tellEvent(event);
      }
      view = await this.#sources.view(this.#attempt_id);
    }
    this.#tellState(view);
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    if (view.state === 'locked') {
      // Nothing comes after this, and what was heard meanwhile led to it.
      this.#send(metricsReady(this.#attempt_id));
      return;
    }
    for (const news of waiting) this.#hear(news);
  }
}
