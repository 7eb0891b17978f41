import { createServer, request, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { atTheEnd } from './at-the-end.ts';
import type { Served } from './served.ts';

/** What a bad line does to a request. */
export interface Trouble {
  /** How long it waits before it goes on to the server, in milliseconds. */
  delayMs?: number;
  /** The request never arrives, or its answer does not: the connection ends instead. */
  loses?: 'request' | 'answer';
}

/** A bad line between browsers and a server: it may delay requests, lose them or their answers, or be dead. */
export class BadLine implements Served {
  readonly #listener: Server;
  readonly #open = new Set<Socket>();
  /** What happens to the next request. */
  trouble: (path: string) => Trouble = () => ({});
  #isDead = false;

  private constructor(server: Served) {
    this.#listener = createServer((incoming, outgoing) => {
      const { delayMs = 0, loses } = incoming.method === 'OPTIONS' ? {} : this.trouble(incoming.url ?? '');
      const lose = () => incoming.socket.destroy();
      setTimeout(() => {
        if (loses === 'request') return lose();
        const onward = request(
          `${server.url}${incoming.url}`,
          { method: incoming.method, headers: incoming.headers },
          (answer) => {
            if (loses === 'answer') return lose();
            outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
            answer.pipe(outgoing);
          },
        );
        onward.on('error', lose);
        incoming.pipe(onward);
      }, delayMs);
    });
    this.#listener.on('connection', (socket) => {
      if (this.#isDead) return socket.destroy();
      this.#open.add(socket);
      socket.on('close', () => this.#open.delete(socket));
    });
    this.#listener.on('upgrade', (incoming, socket: Socket, head) => {
      const { hostname, port } = new URL(server.url);
      const onward = connect(Number(port), hostname, () => {
        const { rawHeaders } = incoming;
        const lines = rawHeaders.flatMap((name, at) =>
          at % 2 === 0 ? [`${name}: ${rawHeaders[at + 1]}`] : [],
        );
        onward.write(`GET ${incoming.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
        onward.write(head);
        socket.pipe(onward).pipe(socket);
      });
      socket.on('error', () => onward.destroy());
      onward.on('error', () => socket.destroy());
      socket.on('close', () => onward.destroy());
    });
  }

  /** It ends with the test, or the file. */
  static async before(server: Served): Promise<BadLine> {
    const line = new BadLine(server);
    await new Promise<void>((resolve) => line.#listener.listen(0, '127.0.0.1', resolve));
    atTheEnd(() => line.#stop());
    return line;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#listener.address() as AddressInfo).port}`;
  }

  /** Cuts every connection, and each new one until it is mended. */
  cut(): void {
    this.#isDead = true;
    for (const socket of this.#open) socket.destroy();
  }

  mend(): void {
    this.#isDead = false;
  }

  async #stop(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise((resolve) => this.#listener.close(resolve));
  }
}
