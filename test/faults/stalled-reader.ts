import { connect, type Socket } from 'node:net';
import { liveHandshake } from '../support/handshake.ts';
import type { Served } from '../support/served.ts';
import type { PersistentCandidate } from './persistent-candidate.ts';

/** A front end that completes the WebSocket handshake and then never reads again. */
export class StalledReader {
  readonly #socket: Socket;
  /** Whether the server has cut the connection. */
  isGone = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.isGone = true;
    });
  }

  static async connect({ url }: Served, candidate: PersistentCandidate, since = 0): Promise<StalledReader> {
    const { port, host } = new URL(url);
    const socket = connect(Number(port), '127.0.0.1');
    const reader = new StalledReader(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    // Paused before anything can arrive, so that only the kernel buffers it.
    socket.pause();
    socket.write(liveHandshake(host, candidate, since));
    return reader;
  }

  /** Sends something; if the connection was cut, it is then reset. */
  poke(): void {
    if (!this.#socket.destroyed) this.#socket.write(Buffer.from([0x8a, 0x80, 0, 0, 0, 0]));
  }

  /** Reads all that has arrived, up to the end. */
  async rest(): Promise<Buffer> {
    const pieces: Buffer[] = [];
    this.#socket.on('data', (piece) => pieces.push(piece));
    this.#socket.resume();
    await new Promise((resolve) => (this.isGone ? resolve(undefined) : this.#socket.once('close', resolve)));
    return Buffer.concat(pieces);
  }

  end(): void {
    this.#socket.destroy();
  }
}
