import type { Writable } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Rate } from '../http/bounded-counters.ts';
import { CLOSE } from './close-codes.ts';
import { answer, encode, type LiveMessage } from './messages.ts';

/** How many bytes may wait for a slow reader before its socket is closed. */
export const MAX_BUFFERED_BYTES = 1024 * 1024;
/** Milliseconds after which a reader has stalled that takes nothing of what waits for it. */
const STALLED_AFTER_MS = 10_000;
/** Milliseconds that a peer has to answer a close before the connection is cut. */
const CLOSE_DEADLINE_MS = 3000;

/**
 * One connection: sends messages, answers the client's, closes a reader that does not keep up, and checks whether
 * the peer is still there.
 */
export class LiveSocket {
  readonly #socket: WebSocket;
  readonly #connection: Writable;
  #answeredLastPing = true;
  /** Number of the last ping that was sent to see how far the peer has read, and of the last one it answered. */
  #pings = 0;
  #answeredPing = 0;
  #deadline: NodeJS.Timeout | undefined;
  /** Number of messages in the current span. */
  #messages = 0;
  /** When the current span ends, in ms of `performance.now()`. */
  #spanEnd = 0;

  /**
   * @param connection the network connection below the socket
   * @param limit how many messages the peer may send; a socket that exceeds it is closed with 4429
   */
  constructor(socket: WebSocket, connection: Writable, limit: Rate, onClosed: () => void) {
    this.#socket = socket;
    this.#connection = connection;
    socket.on('message', (message: Buffer, isBinary) => {
      if (this.#isTooOften(limit)) this.close(CLOSE.tooMany, 'Too many messages.');
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
    this.#socket.send(encode(message), { binary: false });
    if (this.#socket.bufferedAmount > MAX_BUFFERED_BYTES) {
      this.close(CLOSE.tooSlow, 'Too far behind; connect again with since.');
    }
  }

  /**
   * Resolves when the reader has taken what waits here, or the socket is closed; at once if hardly anything waits. A
   * reader that takes nothing for some time is closed. How much a slow reader takes hardly shows here, because the
   * operating systems buffer megabytes; so it is pinged, and each pong shows that it has read up to there.
   */
  async room(): Promise<void> {
    if (!this.isOpen || !this.#connection.writableNeedDrain) return;
    this.#pings += 1;
    this.#socket.ping(String(this.#pings));
    await new Promise<void>((resolve) => {
      const stalled = setTimeout(() => {
        this.close(CLOSE.tooSlow, 'Too far behind; connect again with since.');
        end();
      }, STALLED_AFTER_MS);
      const hearPong = (data: Buffer) => {
        // A peer may also send pongs of its own accord, which say nothing about what it has read.
        const answered = Number(data.toString());
        if (!(answered > this.#answeredPing && answered <= this.#pings)) return;
        this.#answeredPing = answered;
        stalled.refresh();
      };
      const end = () => {
        clearTimeout(stalled);
        this.#connection.off('drain', end);
        this.#socket.off('pong', hearPong);
        this.#socket.off('close', end);
        resolve();
      };
      this.#connection.on('drain', end);
      this.#socket.on('pong', hearPong);
      this.#socket.on('close', end);
    });
  }

  /** Messages sent together, such as an event and the state after it, then cost only one system call. */
  #writeTogether(): void {
    if (this.#connection.writableCorked > 0) return;
    this.#connection.cork();
    process.nextTick(() => this.#connection.uncork());
  }

  /** Closes the socket properly, and cuts the connection if the peer does not answer in time. */
  close(code: number, reason: string): void {
    if (!this.isOpen) return;
    // A close reason may have at most 123 bytes (RFC 6455, section 5.5).
    this.#socket.close(code, Buffer.from(reason).subarray(0, 120).toString());
    this.#deadline = setTimeout(() => this.#socket.terminate(), CLOSE_DEADLINE_MS);
  }

  #isTooOften({ points, seconds }: Rate): boolean {
    const now = performance.now();
    if (now >= this.#spanEnd) {
      this.#spanEnd = now + seconds * 1000;
      this.#messages = 0;
    }
    this.#messages += 1;
    return this.#messages > points;
  }

  /** Must be called at intervals: cuts the connection if the ping of the previous call was not answered. */
  checkAlive(): void {
    if (!this.#answeredLastPing) {
      this.#socket.terminate();
      return;
    }
    this.#answeredLastPing = false;
    if (this.isOpen) this.#socket.ping();
  }
}
