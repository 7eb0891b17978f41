import type { LiveMessage } from '../../src/tools/api-client.ts';
import type { Candidate } from '../support/candidate.ts';
import { LiveWatcher } from '../support/live-watcher.ts';
import type { Served } from '../support/served.ts';

interface Ack {
  event_id: string;
  event_type: string;
  sequence_number: number;
}

/** A front end that watches one attempt, and comes back with `since` whenever its socket is closed. */
export class ReturningWatcher {
  readonly #candidate: Candidate;
  #server: Served | undefined;
  #connection: LiveWatcher | undefined;
  #retry: NodeJS.Timeout | undefined;
  /** Every event received, in order. */
  readonly acks: (Ack & { at: number })[] = [];
  /** Every other message, in order. */
  readonly others: LiveMessage[] = [];
  readonly closes: { code: number; reason: string }[] = [];
  /** Everything observed that must never happen. */
  readonly complaints: string[] = [];

  constructor(candidate: Candidate) {
    this.#candidate = candidate;
  }

  get attempt_id(): string {
    return this.#candidate.attempt_id;
  }

  get last(): number {
    return this.acks.at(-1)?.sequence_number ?? 0;
  }

  get isOpen(): boolean {
    return this.#connection?.isOpen === true;
  }

  /** Watches at `server`, whose address may change, until `disconnect`; the first time from the beginning. */
  connect(server: Served): this {
    this.#server = server;
    this.#open();
    return this;
  }

  /** Loses the connection and reconnects automatically. */
  drop(): void {
    this.#connection?.drop();
  }

  disconnect(): void {
    this.#server = undefined;
    clearTimeout(this.#retry);
    this.#connection?.drop();
    this.#connection = undefined;
  }

  send(message: string): void {
    this.#connection?.send(message);
  }

  #open(): void {
    if (!this.#server) return;
    clearTimeout(this.#retry);
    const { api, attempt_id } = this.#candidate.at(this.#server);
    const connection = new LiveWatcher(api.watch(attempt_id, this.last), (message) => {
      // Messages on a replaced connection no longer count.
      if (this.#connection === connection) this.#hear(message);
    });
    this.#connection?.drop();
    this.#connection = connection;
    void connection.closed.then((close) => {
      if (this.#connection !== connection) return;
      this.closes.push(close);
      this.#connection = undefined;
      if (this.#server) this.#retry = setTimeout(() => this.#open(), 50);
    });
  }

  #hear(message: LiveMessage): void {
    if (message.type !== 'event_ack') {
      this.others.push(message);
      const { sequence_number } = message.data;
      if (message.type === 'attempt_state' && Number(sequence_number) < this.last) {
        this.complaints.push(`the state of ${sequence_number} was told after event ${this.last}`);
      }
      return;
    }
    const ack = message.data as unknown as Ack;
    if (ack.sequence_number !== this.last + 1) {
      this.complaints.push(`event ${ack.sequence_number} was told after event ${this.last}`);
    }
    this.acks.push({ ...ack, at: Date.now() });
  }
}
