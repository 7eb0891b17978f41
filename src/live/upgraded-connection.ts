import type { Duplex } from 'node:stream';

/** More than this from a client that has not got its answer yet is no WebSocket handshake. */
const MAX_EARLY_BYTES = 16 * 1024;

/**
 * The network connection of a socket, from the request on. Node reads an upgraded connection only when somebody asks for
 * its data, and does not notice before that the peer has hung up. So until the handshake is answered, it is read here,
 * and what came is kept.
 */
export class UpgradedConnection {
  readonly #connection: Duplex;
  readonly #early: Buffer[];
  #bytes = 0;
  readonly #gone = new AbortController();

  /** @param head what came right after the request */
  constructor(connection: Duplex, head: Buffer) {
    this.#connection = connection;
    this.#early = [head];
    connection.on('data', this.#keep);
    connection.on('end', this.#hangUp);
    // Node no longer listens for errors of this connection, and an unhandled one would end the process.
    connection.on('error', this.#hangUp);
    connection.on('close', () => this.#gone.abort());
  }

  /** Aborted when the connection ends, before or after the handshake is answered. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** Hands the connection over with what came meanwhile. The next owner must listen for its data at once. */
  handOver(next: (connection: Duplex, head: Buffer) => void): void {
    this.#connection.off('data', this.#keep);
    this.#connection.off('end', this.#hangUp);
    next(this.#connection, Buffer.concat(this.#early));
  }

  /** Sends a last answer and ends the connection. */
  end(answer: string | Buffer): void {
    this.#connection.end(answer, this.#hangUp);
  }

  readonly #hangUp = (): void => {
    this.#connection.destroy();
  };

  readonly #keep = (data: Buffer): void => {
    this.#bytes += data.length;
    if (this.#bytes > MAX_EARLY_BYTES) this.#hangUp();
    else this.#early.push(data);
  };
}
