import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** Whether a request asks to speak WebSocket, the only protocol that this server can change to. */
export const asksForWebSocket = ({ headers }: IncomingMessage): boolean =>
  tokensOf(headers.upgrade).includes('websocket');

/**
 * Answers a request over HTTP/1.1 that asks for another protocol, such as HTTP/2 (`Upgrade: h2c`): a server ignores an
 * upgrade that it does not know (RFC 9110, section 7.8). Node has stopped reading the connection as HTTP by then, so the
 * request is put back in front of what follows it, without the wish, and the connection is handed to the server anew.
 * @param head what has been read of the connection after the request's headers
 */
export function answerWithoutUpgrade(
  server: Server,
  request: IncomingMessage,
  connection: Duplex,
  head: Buffer,
): void {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`];
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const [name = '', value = ''] = request.rawHeaders.slice(index, index + 2);
    const kept = withoutWish(name, value);
    if (kept !== undefined) lines.push(`${name}: ${kept}`);
  }
  connection.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', connection);
}

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
