import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { expect, it } from 'vitest';
import type { ApiClient } from '../../src/tools/api-client.ts';
import { logInAsAdmin } from '../support/administrator.ts';
import { createTask } from '../support/assessment.ts';
import { atTheEnd } from '../support/at-the-end.ts';
import { admitCandidate, type Candidate } from '../support/candidate.ts';
import { sharedDatabase } from '../support/database.ts';
import { liveHandshake } from '../support/handshake.ts';
import { watch } from '../support/live-watcher.ts';
import { writeEvents } from '../support/overfull.ts';
import { starts } from '../support/recorded.ts';
import { HonestCandidate } from './honest-candidate.ts';
import { startHostileServer } from './hostile-server.ts';

/** The attacker's log: nearly as much as an attempt may have. */
const EVENTS = 4900;
const BYTES_EACH = 1500;
const ATTACK_MS = 8000;
/** Sockets that hang up as soon as the server answers, in each wave. */
const WAVE = 36;
/** How long a connection of somebody else may take meanwhile. */
const ADMITTED_MS = 2000;

const shared = sharedDatabase();

/** A candidate with a long log, written straight into the journal. */
async function aLongAttempt(staff: ApiClient): Promise<Candidate> {
  const task = await createTask(staff);
  const candidate = await admitCandidate(staff, staff.as(undefined), task);
  const client = await MongoClient.connect(shared.MONGODB_URI);
  atTheEnd(() => client.close());
  await candidate.does(starts(0));
  const text = 'x'.repeat(BYTES_EACH);
  await writeEvents(client.db(shared.MONGODB_DATABASE), candidate, { count: EVENTS - 1, text });
  await staff.call('GET', `/attempts/${candidate.attempt_id}`);
  return candidate;
}

/** Asks for a socket with the whole backlog; each time as if from another address, so that no limit per address helps. */
async function ask(url: string, candidate: Candidate): Promise<Socket> {
  const { port, host, hostname } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  const [a, b] = randomBytes(2);
  socket.write(liveHandshake(host, candidate, 0, [`X-Forwarded-For: 203.${a}.${b}.1`]));
  return socket;
}

it('one candidate opens, stalls and drops sockets with a long backlog, as many as possible', async () => {
  const server = await startHostileServer({ ...shared, TRUST_PROXY: '1' });
  const staff = await logInAsAdmin(server);
  const attacker = await aLongAttempt(staff);
  const others = await Promise.all(
    Array.from({ length: 20 }, async () =>
      admitCandidate(staff, staff.as(undefined), await createTask(staff)),
    ),
  );
  const honest = await HonestCandidate.start(server, staff);
  const sockets: Socket[] = [];
  const admittedMs: number[] = [];
  await honest.isUndisturbedBy(async () => {
    const end = performance.now() + ATTACK_MS;
    /** Some hang up while they wait, the others when they read. */
    const dropping = async () => {
      for (let n = 0; performance.now() < end; n += 1) {
        const wave = await Promise.all(Array.from({ length: WAVE }, () => ask(server.url, attacker)));
        if (n % 2 === 0) await Promise.race(wave.map((socket) => once(socket, 'data')));
        for (const socket of wave) socket.destroy();
        await sleep(20);
      }
    };
    const stalling = async () => {
      while (performance.now() < end) {
        const socket = await ask(server.url, attacker);
        socket.pause();
        sockets.push(socket);
        await sleep(50);
      }
    };
    const watching = async () => {
      for (const { api, attempt_id } of others) {
        const since = performance.now();
        const watcher = await watch(api, attempt_id);
        admittedMs.push(performance.now() - since);
        watcher.drop();
        await sleep(ATTACK_MS / others.length / 2);
      }
    };
    await Promise.all([dropping(), stalling(), watching()]);
    for (const socket of sockets) socket.destroy();
  });
  expect(Math.max(...admittedMs)).toBeLessThan(ADMITTED_MS);
});
