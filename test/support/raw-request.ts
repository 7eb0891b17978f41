import { connect } from 'node:net';
import { PATIENCE_MS } from './patience.ts';

export interface RawAnswer {
  status: number;
  headers: string;
  body: string;
}

/** Sends bytes as they are and reads until the server ends the connection. @param url of the server */
export function sendRaw(url: string, ...pieces: (string | Buffer)[]): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let heard = '';
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    socket.on('data', (data) => {
      heard += String(data);
    });
    // A server that closes while the client is still sending may reset the connection; its answer still counts.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      const [headers = '', body = ''] = heard.split('\r\n\r\n');
      resolve({ status: Number(headers.split(' ')[1] ?? 0), headers, body });
    });
    for (const piece of pieces) socket.write(piece);
  });
}

/** A complete request that asks for the connection to be closed. */
export const request = (line: string, headers: Record<string, string> = {}, body = ''): string =>
  [
    `${line} HTTP/1.1`,
    'Host: localhost',
    'Connection: close',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    '',
    body,
  ].join('\r\n');

/** Sends and then resets the connection, without reading anything. */
export function sendAndReset(url: string, bytes: string): Promise<void> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(bytes, () => socket.resetAndDestroy());
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
  });
}
