import { type Api, LogInNeeded } from './api.ts';
import type { WireMessage } from './wire.ts';

/** Milliseconds before a lost connection is tried again: the first time, and at most. */
const RETRY_MS = 500;
const RETRY_MAX_MS = 10_000;

/** Close codes after which trying again with a new token helps, and after which nothing does. */
const TOKEN_RAN_OUT = 4401;
const HOPELESS = [4400, 4403, 4404];

export interface LiveListener {
  message(message: WireMessage): void;
  /** In a few words, for the reader. */
  status(text: string): void;
  failed(error: unknown): void;
}

/** One attempt's live channel, opened again whenever it is lost. */
export class LiveFeed {
  readonly #attempt_id: string;
  readonly #api: Api;
  readonly #listener: LiveListener;
  #socket: WebSocket | undefined;
  #retryMs = RETRY_MS;
  #closed = false;
  /** The last sequence number that was told. */
  #seen = 0;

  constructor(attempt_id: string, api: Api, listener: LiveListener) {
    this.#attempt_id = attempt_id;
    this.#api = api;
    this.#listener = listener;
  }

  open(): void {
    this.#connect().catch((error: unknown) => {
      if (error instanceof LogInNeeded) this.#listener.failed(error);
      else this.#tryAgain();
    });
  }

  close(): void {
    this.#closed = true;
    this.#socket?.close();
  }

  async #connect(): Promise<void> {
    const token = await this.#api.token();
    if (this.#closed) return;
    const address = new URL(`ws/attempts/${this.#attempt_id}`, location.href);
    address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
    address.search = new URLSearchParams({ token, since: String(this.#seen) }).toString();
    const socket = new WebSocket(address);
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      if (!this.#closed) this.#take(JSON.parse(String(data)) as WireMessage);
    });
    socket.addEventListener('close', ({ code, reason }) => {
      if (!this.#closed) this.#lost(code, reason);
    });
  }

  #take(message: WireMessage): void {
    if (message.type === 'event_ack') this.#seen = message.data.sequence_number;
    if (message.type === 'attempt_state') {
      this.#retryMs = RETRY_MS;
      this.#listener.status('Live');
    }
    this.#listener.message(message);
  }

  #lost(code: number, reason: string): void {
    if (HOPELESS.includes(code)) {
      this.#listener.status(reason || 'The server closed the connection.');
    } else if (code === TOKEN_RAN_OUT) {
      this.#api.renew().then(
        () => this.open(),
        (error: unknown) => this.#listener.failed(error),
      );
    } else {
      this.#tryAgain();
    }
  }

  #tryAgain(): void {
    this.#listener.status('Connection lost, trying again');
    setTimeout(() => {
      if (!this.#closed) this.open();
    }, this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MAX_MS);
  }
}
