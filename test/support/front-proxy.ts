import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { atTheEnd } from './at-the-end.ts';
import type { Served } from './served.ts';

/** A TCP load balancer in front of several servers: each new connection goes to the next one, in turn. */
export class FrontProxy implements Served {
  readonly #listener: Server;
  readonly #servers: readonly Served[];
  readonly #open = new Set<Socket>();
  #connections = 0;

  private constructor(servers: readonly Served[]) {
    this.#servers = servers;
    this.#listener = createServer((client) => this.#join(client));
  }

  /** It is stopped at the end of the test, or of the file. @param servers whose addresses may change */
  static async start(servers: readonly Served[]): Promise<FrontProxy> {
    const proxy = new FrontProxy(servers);
    await new Promise<void>((resolve) => proxy.#listener.listen(0, '127.0.0.1', resolve));
    atTheEnd(() => proxy.#stop());
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#listener.address() as AddressInfo).port}`;
  }

  #join(client: Socket): void {
    const target = this.#servers[this.#connections++ % this.#servers.length];
    if (!target) throw new Error('There is no server behind the proxy.');
    const { hostname, port } = new URL(target.url);
    const server = connect(Number(port), hostname);
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#open.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.#open.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  }

  async #stop(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise((resolve) => this.#listener.close(resolve));
  }
}
