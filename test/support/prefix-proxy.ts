import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { atTheEnd } from './at-the-end.ts';
import type { Served } from './served.ts';

/**
 * A reverse proxy that shows a server under a path and takes the path off, as `location /observe/ { proxy_pass
 * http://server/; }` does. By default it adds no header that would tell of it.
 */
export class PrefixProxy implements Served {
  readonly #listener: Server;
  /** The targets of all requests, as the proxy got them. */
  readonly asked: string[] = [];

  private constructor(
    readonly target: Served,
    readonly prefix: string,
    readonly headers: Record<string, string>,
  ) {
    this.#listener = createServer((from, answer) => {
      const to = this.#forward(from, (got) => {
        answer.writeHead(got.statusCode ?? 502, got.headers);
        got.pipe(answer);
      });
      if (!to) answer.writeHead(404).end('Not under the prefix');
      else from.pipe(to);
    });
    this.#listener.on('upgrade', (from: IncomingMessage, client, head: Buffer) => {
      const to = this.#forward(from, () => client.destroy());
      if (!to) {
        client.destroy();
        return;
      }
      to.on('upgrade', (got, server, first: Buffer) => {
        const lines = got.rawHeaders.map((part, index) => part + (index % 2 ? '\r\n' : ': '));
        client.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`);
        client.write(first);
        server.write(head);
        server.on('error', () => client.destroy());
        client.on('error', () => server.destroy());
        server.pipe(client).pipe(server);
      });
      to.end();
    });
  }

  /** It is stopped at the end of the test, or of the file. @param prefix ends with a slash */
  static async start(
    target: Served,
    prefix: string,
    headers: Record<string, string> = {},
  ): Promise<PrefixProxy> {
    const proxy = new PrefixProxy(target, prefix, headers);
    await new Promise<void>((resolve) => proxy.#listener.listen(0, '127.0.0.1', resolve));
    atTheEnd(async () => {
      proxy.#listener.closeAllConnections();
      await new Promise((resolve) => proxy.#listener.close(resolve));
    });
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#listener.address() as AddressInfo).port}`;
  }

  #forward(from: IncomingMessage, answered: (got: IncomingMessage) => void) {
    const path = from.url ?? '';
    this.asked.push(path);
    if (!path.startsWith(this.prefix)) return undefined;
    const { hostname, port } = new URL(this.target.url);
    const to = request({
      hostname,
      port,
      method: from.method,
      path: path.slice(this.prefix.length - 1),
      headers: { ...from.headers, ...this.headers },
    });
    to.on('response', answered);
    to.on('error', () => from.socket.destroy());
    return to;
  }
}
