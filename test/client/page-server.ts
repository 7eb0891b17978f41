import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { atTheEnd } from '../support/at-the-end.ts';

const TYPES: Record<string, string> = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript' };

/**
 * A web server of a front end's author: its pages have another origin than the observation server.
 * @param read the text at a path; undefined if there is none
 * @returns its address
 */
export async function servePages(read: (path: string) => string | Buffer | undefined): Promise<string> {
  const server = createServer(({ url = '/' }, response) => {
    const text = read(url);
    response.statusCode = text === undefined ? 404 : 200;
    response.setHeader('content-type', TYPES[extname(url)] ?? 'text/html');
    response.end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atTheEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
