import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { EventType } from '../events/event-table.ts';
import type { AnsweredRequest, RequestObserver } from '../http/request-log.ts';
import type { AppendResult, Journal } from '../journal/journal.ts';

/** Upper bounds in seconds, as OpenTelemetry's conventions for HTTP recommend them. */
const REQUEST_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
/** Upper bounds in seconds: an append takes some milliseconds, and at most the database's patience. */
const APPEND_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3];
/** Upper bounds in seconds: results follow within a second, or after an outage of hours. */
const COMPLETION_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300, 3600];

/**
 * What the server counts and measures about itself, for Prometheus. Durations are in seconds. No label names a person,
 * an attempt or an account, and each label has few values.
 */
export class Telemetry implements RequestObserver {
  readonly #registry = new Registry();
  readonly #requests: Histogram<'http_request_method' | 'http_route' | 'http_response_status_code'>;
  readonly #recorded: Counter<'event_type'>;
  readonly #refused: Counter<'code'>;
  readonly #appends: Histogram;
  readonly #conflicts: Counter;
  readonly #completions: Histogram;

  constructor() {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#requests = new Histogram({
      name: 'http_server_request_duration_seconds',
      help: 'Duration of HTTP requests.',
      labelNames: ['http_request_method', 'http_route', 'http_response_status_code'],
      buckets: REQUEST_BUCKETS,
      registers,
    });
    this.#recorded = new Counter({
      name: 'sos_events_recorded_total',
      help: 'Events that were recorded.',
      labelNames: ['event_type'],
      registers,
    });
    this.#refused = new Counter({
      name: 'sos_events_refused_total',
      help: 'Events that were refused, by the code of the refusal.',
      labelNames: ['code'],
      registers,
    });
    this.#appends = new Histogram({
      name: 'sos_event_append_duration_seconds',
      help: 'Time until an event is on disk.',
      buckets: APPEND_BUCKETS,
      registers,
    });
    this.#conflicts = new Counter({
      name: 'sos_sequence_conflicts_total',
      help: 'Events that another process had recorded an event before under the same number.',
      registers,
    });
    this.#completions = new Histogram({
      name: 'sos_completion_to_locked_duration_seconds',
      help: 'Time from the last event of an attempt until its results are saved.',
      buckets: COMPLETION_BUCKETS,
      registers,
    });
  }

  /** Adds a number that is read whenever somebody asks for it. */
  gauge(name: string, help: string, read: () => number): void {
    const registers = [this.#registry];
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  }

  noteRequest({ method, route, status }: AnsweredRequest, seconds: number): void {
    this.#requests.labels(method, route, String(status)).observe(seconds);
  }

  noteRefusedEvent(code: string): void {
    this.#refused.labels(code).inc();
  }

  /** @param seconds from the last event until the attempt is locked */
  noteCompletion(seconds: number): void {
    this.#completions.observe(seconds);
  }

  /** The same journal, whose appends are counted and measured. */
  observe(journal: Journal): Pick<Journal, 'append' | 'read' | 'findRepeated'> {
    return {
      append: async (event) => {
        const begun = performance.now();
        const result = await journal.append(event);
        this.#noteAppend(event.event_type, result, (performance.now() - begun) / 1000);
        return result;
      },
      read: (attempt_id, range) => journal.read(attempt_id, range),
      findRepeated: (attempt_id, client_event_id) => journal.findRepeated(attempt_id, client_event_id),
    };
  }

  /** Everything in Prometheus' text format. */
  async expose(): Promise<{ type: string; text: string }> {
    return { type: this.#registry.contentType, text: await this.#registry.metrics() };
  }

  #noteAppend(event_type: EventType, { outcome }: AppendResult, seconds: number): void {
    if (outcome === 'sequence_taken') this.#conflicts.inc();
    if (outcome !== 'stored') return;
    this.#recorded.labels(event_type).inc();
    this.#appends.observe(seconds);
  }
}
