import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** Whether a request asks to speak WebSocket, the only protocol that this server can change to. */
export const asksForWebSocket = ({ headers }: IncomingMessage): boolean =>
  tokensOf(headers.upgrade).includes('websocket');

/**
 * Makes a server answer requests over HTTP/1.1 that ask for another protocol, such as HTTP/2 (`Upgrade: h2c`): an upgrade
 * that a server does not know is ignored (RFC 9110, section 7.8).
 * @returns answers such a request; `head` is what has been read of the connection after the request's headers
 */
export function otherUpgradesOf(
  server: Server,
): (request: IncomingMessage, connection: Duplex, head: Buffer) => void {
  /** The latest answer on each connection, which may be under way when the next request comes. */
  const latest = new WeakMap<Duplex, ServerResponse>();
  server.prependListener('request', ({ socket }, response) => latest.set(socket, response));

  return (request, connection, head) => {
    const again = () => {
      connection.off('error', ignore);
      readAgain(server, request, connection, head);
    };
    // Node no longer listens for errors of this connection, and an unhandled one would end the process.
    connection.on('error', ignore);
    const earlier = latest.get(connection);
    if (!earlier || earlier.closed) again();
    else earlier.once('close', again);
  };
}

/**
 * Node has stopped reading the connection as HTTP, so the request is put back in front of what follows it, without the
 * wish, and the connection is handed to the server anew.
 */
function readAgain(server: Server, request: IncomingMessage, connection: Duplex, head: Buffer): void {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`];
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const [name = '', value = ''] = request.rawHeaders.slice(index, index + 2);
    const kept = withoutWish(name, value);
    if (kept !== undefined) lines.push(`${name}: ${kept}`);
  }
  connection.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', connection);
}

const ignore = (): void => undefined;

/** A header's value without the wish to upgrade; undefined if nothing is left of it. */
function withoutWish(name: string, value: string): string | undefined {
  switch (name.toLowerCase()) {
    case 'upgrade':
    case 'http2-settings':
      return undefined;
    case 'connection': {
      const others = tokensOf(value).filter((token) => token !== 'upgrade' && token !== 'http2-settings');
      return others.join(', ') || undefined;
    }
    default:
      return value;
  }
}

const tokensOf = (list = ''): string[] =>
  list
    .toLowerCase()
    .split(',')
    .map((token) => token.trim());
