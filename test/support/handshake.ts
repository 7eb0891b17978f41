import { randomBytes } from 'node:crypto';

/**
 * The request that opens an attempt's live channel, for tests that treat the connection in ways no WebSocket would.
 * @param host as in the server's URL
 * @param headers more lines for its head
 */
export function liveHandshake(
  host: string,
  { attempt_id, token }: { attempt_id: string; token: string },
  since: number,
  headers: readonly string[] = [],
): string {
  return [
    `GET /ws/attempts/${attempt_id}?token=${token}&since=${since} HTTP/1.1`,
    `Host: ${host}`,
    ...headers,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    '\r\n',
  ].join('\r\n');
}
