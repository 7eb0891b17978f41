import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { createTask } from '../support/assessment.ts';
import { atTheEnd } from '../support/at-the-end.ts';
import { admitCandidate, type Candidate } from '../support/candidate.ts';
import { eventually } from '../support/eventually.ts';
import { problemOf } from '../support/problem.ts';
import { starts, views } from '../support/recorded.ts';
import { startTestServer } from '../support/server.ts';

const server = await startTestServer();
const { admin, api, url } = server;
const task = await createTask(admin);

/** How many requests of one caller may wait for the answers before them to be taken. */
const MAY_WAIT = 100;
/** Milliseconds after which an answer counts as waiting. */
const WAITS_MS = 500;

/** A candidate with about a megabyte of recorded events. */
async function talkative(): Promise<Candidate> {
  const candidate = await admitCandidate(admin, api, task);
  await candidate.does(starts(0));
  const note = 'x'.repeat(60_000);
  const events = Array.from({ length: 16 }, () => candidate.body(views(0, 'A', 1), { metadata: { note } }));
  expect((await candidate.api.send('POST', '/events/batch', { events })).status).toBe(201);
  return candidate;
}

/** Asks for the candidate's events again and again over one connection, and takes none of the answers. */
function neverRead({ attempt_id, token }: Candidate) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  atTheEnd(async () => {
    socket.destroy();
  });
  const path = `/api/v1/attempts/${attempt_id}/events?limit=1000`;
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n\r\n`.repeat(60),
  );
  return socket;
}

it('answers that are not taken are the problem of their caller alone', async () => {
  const greedy = await talkative();
  const other = await admitCandidate(admin, api, task);
  const path = `/attempts/${greedy.attempt_id}`;
  const socket = neverRead(greedy);
  await eventually(() =>
    expect(
      fetch(`${url}/api/v1${path}`, {
        headers: { authorization: `Bearer ${greedy.token}` },
        signal: AbortSignal.timeout(WAITS_MS),
      }),
    ).rejects.toMatchObject({ name: 'TimeoutError' }),
  );
  // More reads of the same candidate wait, but not any number of them.
  const more = Array.from({ length: MAY_WAIT + 10 }, () => greedy.api.send('GET', path));
  const refused = await Promise.race(more);
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(await problemOf(refused)).toMatchObject({ status: 429, code: 'too_many_requests' });
  // Events of the same candidate, and everything of others, go on.
  await greedy.does(views(0, 'A', 1));
  await other.does(starts(0));
  expect(await other.get()).toMatchObject({ sequence_number: 1 });
  expect((await admin.send('GET', path)).status).toBe(200);

  socket.destroy();
  const statuses = (await Promise.all(more)).map(({ status }) => status);
  expect(new Set(statuses)).toEqual(new Set([200, 429]));
});

it('any number of reads of one address without credentials is answered, if it waits for the answers', async () => {
  const answers = Array.from({ length: 300 }, () => api.send('GET', '/tasks'));
  expect(new Set((await Promise.all(answers)).map(({ status }) => status))).toEqual(new Set([401]));
});
