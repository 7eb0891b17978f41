import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * - `pass`: as if it were not there.
 * - `cut`: every connection is reset, new ones too.
 * - `silent`: accepts connections but passes nothing on in either direction.
 * - `deaf`: passes requests on and drops the answers, so that the outcome of a request is unknown.
 * - `half-closed`: ends each connection towards the server, but still passes on what the server sends.
 */
export type ProxyMode = 'pass' | 'cut' | 'silent' | 'deaf' | 'half-closed';

interface Pair {
  client: Socket;
  database: Socket;
  /** Bytes of it were dropped, so it can never be used again. */
  spoilt: boolean;
}

/** A TCP proxy in front of a database's Unix socket that can misbehave in the ways networks do. */
export class DatabaseProxy {
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #mode: ProxyMode = 'pass';
  /** Milliseconds by which each piece of an answer is delayed. */
  delayMs = 0;
  /** Gets each request (raw bytes of MongoDB's wire protocol); if it returns true, the connection goes deaf. */
  deafenOn: ((request: Buffer) => boolean) | undefined;
  /** Gets each request; a request held back, and everything after it on its connection, is not passed on. */
  holdBack: ((request: Buffer) => 'no' | 'request' | 'answer') | undefined;

  /** By how many milliseconds the database's clock is ahead, as far as servers see it when they give a sign of life. */
  clockAheadMs = 0;

  readonly #socketPath: string;

  private constructor(server: Server, socketPath: string) {
    this.#server = server;
    this.#socketPath = socketPath;
  }

  /** @param socketPath of the database */
  static async start(socketPath: string): Promise<DatabaseProxy> {
    const server = createServer({ allowHalfOpen: true });
    const proxy = new DatabaseProxy(server, socketPath);
    server.on('connection', (client) =>
      proxy.#join(client, connect({ path: socketPath, allowHalfOpen: true })),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get uri(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `mongodb://127.0.0.1:${port}/?directConnection=true&retryWrites=false`;
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.#pairs.size;
  }

  set(mode: ProxyMode): void {
    this.#mode = mode;
    if (mode === 'cut') for (const pair of [...this.#pairs]) this.#end(pair);
    if (mode === 'half-closed') for (const pair of [...this.#pairs]) this.#halfClose(pair);
    if (mode !== 'pass') return;
    this.deafenOn = undefined;
    for (const pair of [...this.#pairs]) {
      if (pair.spoilt) this.#end(pair);
    }
  }

  /** Passes on a request that was held back before, as a network does that delivers late; nobody hears the answer. */
  deliver(request: Buffer): void {
    const database = connect({ path: this.#socketPath });
    database.on('error', () => undefined);
    database.write(request, () => database.once('data', () => database.destroy()));
  }

  async stop(): Promise<void> {
    this.set('cut');
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(client: Socket, database: Socket): void {
    const pair: Pair = { client, database, spoilt: false };
    this.#pairs.add(pair);
    for (const socket of [client, database]) {
      socket.setNoDelay?.(true);
      socket.on('error', () => undefined);
      socket.on('close', () => this.#end(pair));
    }
    client.on('end', () => database.end());
    database.on('end', () => client.end());
    client.on('data', (request) => {
      if (this.#mode === 'silent') {
        pair.spoilt = true;
        return;
      }
      if (this.deafenOn?.(request)) pair.spoilt = true;
      const held = this.holdBack?.(request) ?? 'no';
      if (held !== 'no') pair.spoilt = true;
      if (held === 'request') return;
      database.write(request);
    });
    database.on('data', (answer) => {
      if (this.#mode === 'silent' || this.#mode === 'deaf') pair.spoilt = true;
      if (pair.spoilt) return;
      if (this.clockAheadMs !== 0) setForward(answer, this.clockAheadMs);
      if (this.delayMs === 0) client.write(answer);
      else setTimeout(() => client.writable && client.write(answer), this.delayMs);
    });
    if (this.#mode === 'cut') this.#end(pair);
    if (this.#mode === 'half-closed') this.#halfClose(pair);
  }

  #halfClose(pair: Pair): void {
    pair.spoilt = true;
    pair.client.end();
  }

  #end(pair: Pair): void {
    this.#pairs.delete(pair);
    if (pair.client.writableEnded) pair.client.destroy();
    else pair.client.resetAndDestroy();
    pair.database.destroy();
  }
}

/** Whether a request is this command on this collection, as its first bytes say. */
export const isCommand = (command: string, collection: string) => {
  // BSON: type 2 (string), the key, its length, the value; both end with a zero byte.
  const key = Buffer.from(`\x02${command}\0`);
  const value = Buffer.from(`${collection}\0`);
  return (request: Buffer): boolean => {
    const at = request.indexOf(key);
    return at >= 0 && request.subarray(at + key.length + 4, at + key.length + 4 + value.length).equals(value);
  };
};

/** Moves every `seen_at` in an answer, a BSON date: type 9, name, 64 bits of milliseconds. */
function setForward(answer: Buffer, ms: number): void {
  const field = Buffer.from('\x09seen_at\0');
  for (let at = answer.indexOf(field); at >= 0; at = answer.indexOf(field, at + 1)) {
    const value = at + field.length;
    answer.writeBigInt64LE(answer.readBigInt64LE(value) + BigInt(ms), value);
  }
}
