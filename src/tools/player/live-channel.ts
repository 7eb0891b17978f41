import { on } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import type { LiveMessage } from '../api-client.ts';
import { Problem } from '../problem.ts';
import type { ServerStage } from './server-stage.ts';

/** Milliseconds after which something that should have come over the socket is missed. */
const PATIENCE_MS = 20_000;

/**
 * An attempt's live channel over one socket at a time. Closed and opened again it goes on after the last event it
 * told, as a front end does that lost its connection.
 */
export class LiveChannel {
  readonly #stage: ServerStage;
  readonly #signal: AbortSignal;
  readonly #tell: (message: LiveMessage) => void;
  #socket: WebSocket | undefined;
  #messages: AsyncIterator<unknown[]> | undefined;
  #lastEvent = 0;
  #whyClosed = '';

  /** @param tell called with each message in its order, but only while something is awaited by `until`. */
  constructor(stage: ServerStage, signal: AbortSignal, tell: (message: LiveMessage) => void) {
    this.#stage = stage;
    this.#signal = signal;
    this.#tell = tell;
  }

  /** Connects, and resolves when everything that happened meanwhile was told. @throws as `until` does */
  async open(): Promise<void> {
    const { candidate, attempt_id } = this.#stage;
    const socket = candidate.watch(attempt_id, this.#lastEvent);
    this.#socket = socket;
    socket.on('error', (error) => (this.#whyClosed = error.message));
    socket.on('close', (code, reason) => (this.#whyClosed ||= `${code} ${reason}`.trim()));
    this.#messages = on(socket, 'message', { close: ['close'], signal: this.#signal });
    await this.until('the attempt’s state', ({ type }) => type === 'attempt_state');
  }

  close(): void {
    this.#socket?.close();
  }

  /**
   * Tells what comes, up to the first message that `isIt`.
   * @param what as in "did not tell …", for the message where it does not come.
   * @throws Problem after 20 s without a message, or when the socket is closed; the signal's reason
   */
  async until(what: string, isIt: (message: LiveMessage) => boolean): Promise<void> {
    while (true) {
      const message = await this.#next(what);
      if (message.type === 'event_ack') this.#lastEvent = Number(message.data['sequence_number']);
      this.#tell(message);
      if (isIt(message)) return;
    }
  }

  async #next(what: string): Promise<LiveMessage> {
    const patience = setTimeout(PATIENCE_MS, undefined, { ref: false });
    const next = await Promise.race([this.#messages?.next(), patience]).catch((error: Error) => {
      throw this.#signal.aborted ? error : this.#closed();
    });
    if (!next) throw new Problem(`The live channel did not tell ${what} within ${PATIENCE_MS / 1_000} s.`);
    if (next.done) throw this.#closed();
    return JSON.parse(String(next.value[0]));
  }

  #closed = () => new Problem(`The live channel was closed: ${this.#whyClosed}.`);
}
