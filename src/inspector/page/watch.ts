import type { Api } from './api.ts';
import { LiveFeed } from './live-feed.ts';
import { Timeline } from './timeline.ts';
import type { WireMessage, WireMetrics, WireMoment, WireProfile } from './wire.ts';

/** Milliseconds before results that are still being computed are asked for again. */
const RESULTS_RETRY_MS = 1000;

export interface WatchListener {
  /** Something of the timeline is new. */
  changed(): void;
  machine(machine_id: string): void;
  results(metrics: WireMetrics, profile: WireProfile): void;
  status(text: string): void;
  failed(error: unknown): void;
}

/** Watches one attempt: listens to its live channel and has its journal replayed, until it is closed. */
export class Watch {
  readonly attempt_id: string;
  readonly timeline = new Timeline();
  readonly #api: Api;
  readonly #listener: WatchListener;
  readonly #feed: LiveFeed;
  #closed = false;
  #replaying = false;
  #hasResults = false;

  constructor(attempt_id: string, api: Api, listener: WatchListener) {
    this.attempt_id = attempt_id;
    this.#api = api;
    this.#listener = listener;
    this.#feed = new LiveFeed(attempt_id, api, {
      message: (message) => this.#take(message),
      status: (text) => listener.status(text),
      failed: (error) => listener.failed(error),
    });
    this.#feed.open();
    this.#run(this.#replay());
  }

  close(): void {
    this.#closed = true;
    this.#feed.close();
  }

  #take(message: WireMessage): void {
    if (message.type === 'metrics_ready') this.#run(this.#fetchResults());
    if (message.type !== 'attempt_state') return;
    this.timeline.tell(message.data);
    this.#listener.changed();
    if (this.timeline.isBehind) this.#run(this.#replay());
  }

  /** Fetches the moments that are missing, one page after the other. */
  async #replay(): Promise<void> {
    if (this.#replaying) return;
    this.#replaying = true;
    try {
      do {
        const { replayed } = this.timeline;
        const after = replayed === undefined ? '' : `?after=${replayed}`;
        const { machine_id, states } = await this.#api.get<{ machine_id: string; states: WireMoment[] }>(
          `api/v1/attempts/${this.attempt_id}/states${after}`,
        );
        if (this.#closed || (states.length === 0 && replayed !== undefined)) return;
        this.#listener.machine(machine_id);
        this.timeline.add(states);
        this.#listener.changed();
      } while (this.timeline.isBehind);
    } finally {
      this.#replaying = false;
    }
  }

  async #fetchResults(): Promise<void> {
    if (this.#hasResults || this.#closed) return;
    const path = `api/v1/attempts/${this.attempt_id}`;
    const [metrics, profile] = await Promise.all([
      this.#api.get<WireMetrics>(`${path}/metrics`),
      this.#api.get<WireProfile>(`${path}/skills?explain=true`),
    ]);
    if (this.#closed || this.#hasResults) return;
    if (!metrics.time_metrics || !profile.inferred_skills) {
      setTimeout(() => this.#run(this.#fetchResults()), RESULTS_RETRY_MS);
      return;
    }
    this.#hasResults = true;
    this.#listener.results(metrics, profile);
  }

  #run(work: Promise<void>): void {
    work.catch((error: unknown) => {
      if (!this.#closed) this.#listener.failed(error);
    });
  }
}
