import { WebSocket } from 'ws';
import { ApiClient } from '../../src/tools/api-client.ts';
import type { Candidate, Served } from './candidate.ts';

interface Ack {
  event_id: string;
  event_type: string;
  sequence_number: number;
}

/** A front end that watches one attempt, and comes back with `since` whenever its socket is closed. */
export class Watcher {
  readonly attempt_id: string;
  readonly #token: string;
  #server: Served | undefined;
  #socket: WebSocket | undefined;
  #retry: NodeJS.Timeout | undefined;
  /** Every event told, in order. */
  readonly acks: (Ack & { at: number })[] = [];
  /** Every other message, in order. */
  readonly others: { type: string; data: Record<string, unknown> }[] = [];
  readonly closes: { code: number; reason: string }[] = [];
  /** What must never happen. */
  readonly complaints: string[] = [];

  constructor({ attempt_id, token }: Pick<Candidate, 'attempt_id' | 'token'>) {
    this.attempt_id = attempt_id;
    this.#token = token;
  }

  get last(): number {
    return this.acks.at(-1)?.sequence_number ?? 0;
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Watches at `server`, whose address may change, until `disconnect`; the first time from the beginning. */
  connect(server: Served): this {
    this.#server = server;
    this.#open();
    return this;
  }

  /** Loses the connection, as a train in a tunnel does; comes back by itself if `again`. */
  drop(again = true): void {
    if (!again) this.disconnect();
    else this.#socket?.terminate();
  }

  disconnect(): void {
    this.#server = undefined;
    clearTimeout(this.#retry);
    this.#socket?.terminate();
    this.#socket = undefined;
  }

  send(message: string): void {
    this.#socket?.send(message);
  }

  #open(): void {
    const server = this.#server;
    if (!server) return;
    clearTimeout(this.#retry);
    const socket = new ApiClient(server.url, this.#token).watch(this.attempt_id, this.last);
    this.#socket?.terminate();
    this.#socket = socket;
    socket.on('error', () => undefined);
    socket.on('message', (text) => {
      // What still arrives on a socket that was replaced is nobody's any more.
      if (this.#socket === socket) this.#hear(JSON.parse(String(text)));
    });
    socket.on('close', (code, reason) => {
      if (this.#socket !== socket) return;
      this.closes.push({ code, reason: String(reason) });
      this.#socket = undefined;
      if (this.#server) this.#retry = setTimeout(() => this.#open(), 50);
    });
  }

  #hear(message: { type: string; data: Record<string, unknown> }): void {
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
