import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { logInAsAdmin } from '../support/administrator.ts';
import { createTask } from '../support/assessment.ts';
import { atTheEnd } from '../support/at-the-end.ts';
import { admitCandidate, type Candidate } from '../support/candidate.ts';
import { eventually } from '../support/eventually.ts';
import { starts, views } from '../support/recorded.ts';
import { HonestCandidate } from './honest-candidate.ts';
import { startHostileServer } from './hostile-server.ts';

const ATTACK_MS = 6000;
const server = await startHostileServer();
const staff = await logInAsAdmin(server);
const task = await createTask(staff);

/** A connection that ends with the test; what it is sent is never read unless somebody listens. */
function open(): Socket {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  atTheEnd(async () => {
    socket.destroy();
  });
  return socket;
}

const head = (line: string, token: string, more = '') =>
  `${line} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n${more}\r\n`;

/** A candidate with about 6 MB of recorded events. */
async function talkative(): Promise<Candidate> {
  const candidate = await admitCandidate(staff, staff.as(undefined), task);
  await candidate.does(starts(0));
  const note = 'x'.repeat(60_000);
  for (let batch = 0; batch < 6; batch++) {
    const events = Array.from({ length: 16 }, () => candidate.body(views(0, 'A', 1), { metadata: { note } }));
    expect((await candidate.api.send('POST', '/events/batch', { events })).status).toBe(201);
  }
  return candidate;
}

it('candidates ask for large answers and read none of them', async () => {
  const greedy = [await talkative(), await talkative(), await talkative()];
  const honest = await HonestCandidate.start(server, staff);
  await honest.isUndisturbedBy(async () => {
    const sockets = greedy.flatMap(({ attempt_id, token }) =>
      Array.from({ length: 5 }, () => {
        const socket = open();
        socket.write(head(`GET /api/v1/attempts/${attempt_id}/events?limit=16`, token).repeat(20));
        return socket;
      }),
    );
    await sleep(ATTACK_MS);
    for (const socket of sockets) socket.destroy();
  });
});

it('candidates begin large bodies and never end them', async () => {
  const greedy = [await talkative(), await talkative()];
  const honest = await HonestCandidate.start(server, staff);
  await honest.isUndisturbedBy(async () => {
    const size = 1024 * 1024;
    const begun = head(
      'POST /api/v1/events/batch',
      '',
      `Content-Type: application/json\r\nContent-Length: ${size}\r\n`,
    );
    const sockets = greedy.flatMap(({ token }) =>
      Array.from({ length: 30 }, () => {
        const socket = open();
        socket.write(begun.replace('Bearer ', `Bearer ${token}`));
        socket.write(Buffer.alloc(size - 1, ' '));
        return socket;
      }),
    );
    const cut = () => sockets.filter(({ closed }) => closed).length;
    await eventually(() => expect(cut()).toBeGreaterThan(sockets.length / 4));
    await sleep(ATTACK_MS / 2);
    for (const socket of sockets) socket.destroy();
  });
});
