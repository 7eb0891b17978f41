import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { guardConnections, SERVER_OPTIONS } from '../../src/http/server-options.ts';
import { atTheEnd } from '../support/at-the-end.ts';
import { eventually } from '../support/eventually.ts';

/** Larger than what the operating system keeps for a reader that takes nothing. */
const LARGE = Buffer.alloc(32 * 1024 * 1024, 'x');
const STALLED_MS = 500;
const GET = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';

/** A server that gives everybody a large answer, and a connection to it. */
async function serve(
  bounds: Parameters<typeof guardConnections>[1],
  answer: RequestListener = (_request, response) => response.end(LARGE),
) {
  const server = createServer(SERVER_OPTIONS, answer);
  guardConnections(server, bounds);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atTheEnd(async () => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const open = (): Socket => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    atTheEnd(async () => {
      socket.destroy();
    });
    return socket;
  };
  const connections = () =>
    new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count)));
  return { open, connections };
}

it('a reader that takes nothing is cut', async () => {
  const { open, connections } = await serve({ stalledMs: STALLED_MS });
  open().write(GET);
  await eventually(async () => expect(await connections()).toBe(1));
  await eventually(async () => expect(await connections()).toBe(0));
});

it('so is one that takes nothing and keeps sending', async () => {
  const { open, connections } = await serve({ stalledMs: STALLED_MS });
  const socket = open();
  const sending = setInterval(() => socket.write(GET), STALLED_MS / 5);
  await eventually(async () => expect(await connections()).toBe(1));
  await eventually(async () => expect(await connections()).toBe(0));
  clearInterval(sending);
});

it('a slow reader that goes on gets the whole answer, however long it takes', async () => {
  const { open } = await serve({ stalledMs: STALLED_MS });
  const socket = open();
  socket.write(GET);
  const begun = performance.now();
  let taken = 0;
  socket.on('data', (data) => {
    taken += data.length;
    if (performance.now() - begun > 3 * STALLED_MS) return;
    socket.pause();
    setTimeout(() => socket.resume(), STALLED_MS / 20);
  });
  await eventually(() => expect(taken).toBeGreaterThan(LARGE.length));
  expect(performance.now() - begun).toBeGreaterThan(2 * STALLED_MS);
});

it('connections without a request make room for new ones', async () => {
  const { open, connections } = await serve({ maxConnections: 3 }, (_request, response) => response.end());
  const idle = [open(), open(), open()];
  for (const socket of idle) {
    socket.write(GET);
    await once(socket, 'data');
  }
  await eventually(async () => {
    const socket = open();
    socket.write(GET);
    expect(await Promise.race([once(socket, 'data'), once(socket, 'close')])).not.toEqual([false]);
  });
  expect(await connections()).toBeLessThan(3);
});
