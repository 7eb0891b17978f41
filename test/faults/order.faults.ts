import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { admitCandidates, type PersistentCandidate } from './persistent-candidate.ts';
import { Random, SEED } from './random.ts';

const random = new Random(SEED);
const server = await startServerProcess();

interface Piece {
  path: string;
  body: object;
}

/** Writes all requests at once on one new connection. @returns the answers' status codes, in their order. */
async function pipeline(
  { url }: ServerProcess,
  { token }: PersistentCandidate,
  pieces: readonly Piece[],
): Promise<number[]> {
  const { port, host } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1');
  let answers = '';
  socket.on('data', (text) => {
    answers += text;
  });
  const requests = pieces.map(({ path, body }) => {
    const json = JSON.stringify(body);
    return [
      `POST /api/v1${path} HTTP/1.1`,
      `Host: ${host}`,
      `Authorization: Bearer ${token}`,
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(json)}`,
      '',
      json,
    ].join('\r\n');
  });
  socket.write(requests.join(''));
  const statuses = () => [...answers.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
  await eventually(() => expect(statuses().length, answers.slice(-500)).toBe(pieces.length));
  socket.destroy();
  return statuses();
}

/** A start, then `count - 1` views, each with its own `client_event_id`. */
function manyEvents(candidate: PersistentCandidate, count: number) {
  const start = candidate.next(random);
  return [start, ...Array.from({ length: count - 1 }, () => candidate.view(random))].map((event, index) => ({
    ...event,
    client_event_id: `${index}-${randomUUID()}`,
  }));
}

it.each([
  ['with nothing cached', true],
  ['with everything cached', false],
] as const)('pipelined events are taken in their order of arrival, %s', async (_, restart) => {
  for (let round = 0; round < 3; round++) {
    const candidates = await admitCandidates(server, 4);
    if (restart) {
      await server.kill();
      await server.start();
    }
    await Promise.all(
      candidates.map(async (candidate) => {
        const events = manyEvents(candidate, 30);
        const pieces = events.map((body) => ({ path: '/events', body }));
        expect(await pipeline(server, candidate, pieces)).toEqual(events.map(() => 201));
        const stored = await candidate.at(server).log();
        expect(stored.map(({ client_event_id }) => client_event_id)).toEqual(
          events.map(({ client_event_id }) => client_event_id),
        );
      }),
    );
    if (restart) break;
  }
});

it('single events and batches on one connection are taken in their order of arrival', async () => {
  const [candidate] = (await admitCandidates(server, 1)) as [PersistentCandidate];
  const events = manyEvents(candidate, 60);
  const pieces: Piece[] = [];
  for (let next = 0; next < events.length; ) {
    const count = random.pick([1, 1, 2, 10]);
    const some = events.slice(next, next + count);
    next += count;
    pieces.push(
      count === 1
        ? { path: '/events', body: some[0] ?? {} }
        : { path: '/events/batch', body: { events: some } },
    );
  }
  expect(await pipeline(server, candidate, pieces)).toEqual(pieces.map(() => 201));
  const stored = await candidate.at(server).log();
  expect(stored.map(({ client_event_id }) => client_event_id)).toEqual(
    events.map(({ client_event_id }) => client_event_id),
  );
});
