import { isDeepStrictEqual } from 'node:util';
import type { AttemptFeed, AttemptNews, AttemptView } from '../attempts/session/feed.ts';
import { projectionOf } from '../attempts/stored/projection.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';
import { eventAck, type LiveMessage, metricsReady } from './messages.ts';

/** Where a watcher gets its information. */
export interface WatchSources {
  feed: AttemptFeed;
  /** The attempt as it is now. */
  view(attempt_id: string): Promise<AttemptView>;
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
  readonly #send: (message: LiveMessage) => void;
  readonly #fail: (error: unknown) => void;
  /** Number of the last event sent. */
  #cursor = 0;
  #toldState: AttemptView['state'] | undefined;
  /** News that arrived while the journal is being read; undefined when live. */
  #waiting: AttemptNews[] | undefined = [];
  readonly #stopListening: () => void;

  /** @param fail called if the journal cannot be read; the watcher cannot continue then. */
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
    // Listen before reading anything, so that no news can be missed.
    this.#stopListening = sources.feed.subscribe(attempt_id, (news) => this.#hear(news));
  }

  /** Sends the stored events after number `since`, if given, then the state, then goes live. */
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

  /** Sends the events up to the end of the journal, then the attempt's state, then the news that arrived meanwhile. */
  async #catchUp(): Promise<void> {
    let view = await this.#sources.view(this.#attempt_id);
    while (this.#cursor < view.sequence_number) {
      for (const event of await this.#sources.read(this.#attempt_id, this.#cursor)) {
        // The journal may be ahead of the view. News of such an event will arrive, together with its state.
        if (event.sequence_number <= view.sequence_number) this.#tellEvent(event);
      }
      view = await this.#sources.view(this.#attempt_id);
    }
    this.#tellState(view);
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
