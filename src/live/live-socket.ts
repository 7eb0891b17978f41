import type { Writable } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Rate } from '../http/rate-limiter.ts';
import { CLOSE } from './close-codes.ts';
import { answer, type LiveMessage } from './messages.ts';

/** Bytes that may wait for a slow reader before it is closed. */
export const MAX_BUFFERED_BYTES = 1024 * 1024;
/** Milliseconds a peer has to answer a close before the connection is cut. */
const CLOSE_DEADLINE_MS = 3000;

/**
 * One connection: sends messages, answers those of the client, closes a reader that does not keep up and finds
 * out whether the peer is still there.
 */
export class LiveSocket {
  readonly #socket: WebSocket;
  readonly #connection: Writable;
  #answeredLastPing = true;
  #deadline: NodeJS.Timeout | undefined;
  /** Messages since the present span began, and when it ends, in ms since the epoch. */
  #messages = 0;
  #spanEnd = 0;

  /**
   * @param connection that carries the socket
   * @param limit how many messages the peer may send; one that sends more is closed with 4429.
   */
  constructor(socket: WebSocket, connection: Writable, limit: Rate, onClosed: () => void) {
    this.#socket = socket;
    this.#connection = connection;
    socket.on('message', (message: Buffer, isBinary) => {
      if (this.#isTooOften(limit)) this.close(CLOSE.tooManyMessages, 'These are too many messages.');
      else this.send(answer(message, isBinary));
    });
    socket.on('pong', () => {
      this.#answeredLastPing = true;
    });
    socket.on('close', () => {
      clearTimeout(this.#deadline);
      onClosed();
    });
  }

  get isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  send(message: LiveMessage): void {
    if (!this.isOpen) return;
    this.#writeTogether();
    this.#socket.send(JSON.stringify(message));
    if (this.#socket.bufferedAmount > MAX_BUFFERED_BYTES) {
      this.close(CLOSE.tooSlow, 'Too far behind; connect again with since.');
    }
  }

  /** What is sent in one go, as an event and the state it leads to, costs one call of the system. */
  #writeTogether(): void {
    if (this.#connection.writableCorked > 0) return;
    this.#connection.cork();
    process.nextTick(() => this.#connection.uncork());
  }

  /** Closes in order, and cuts the connection if the peer does not answer in time. */
  close(code: number, reason: string): void {
    if (!this.isOpen) return;
    // A close reason may have 123 bytes (RFC 6455, section 5.5).
    this.#socket.close(code, Buffer.from(reason).subarray(0, 120).toString());
    this.#deadline = setTimeout(() => this.#socket.terminate(), CLOSE_DEADLINE_MS);
  }

  #isTooOften({ points, seconds }: Rate): boolean {
    const now = Date.now();
    if (now >= this.#spanEnd) {
      this.#spanEnd = now + seconds * 1000;
      this.#messages = 0;
    }
    this.#messages += 1;
    return this.#messages > points;
  }

  /** To be called at intervals: cuts the connection when the ping of the last call was not answered. */
  checkAlive(): void {
    if (!this.#answeredLastPing) {
      this.#socket.terminate();
      return;
    }
    this.#answeredLastPing = false;
    if (this.isOpen) this.#socket.ping();
  }
}
