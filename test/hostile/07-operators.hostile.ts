import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { ApiClient } from '../../src/tools/api-client.ts';
import { logInAsAdmin } from '../support/administrator.ts';
import { createTask } from '../support/assessment.ts';
import { atTheEnd } from '../support/at-the-end.ts';
import { admitCandidate } from '../support/candidate.ts';
import { eventually } from '../support/eventually.ts';
import { closing } from '../support/live-watcher.ts';
import { PrefixProxy } from '../support/prefix-proxy.ts';
import { starts } from '../support/recorded.ts';
import { HonestCandidate } from './honest-candidate.ts';
import { startHostileServer } from './hostile-server.ts';

const ATTACK_MS = 3000;
const AT_ONCE = 20;

/** In development, where a link opens the page of the machines, and with a line in the log for each request. */
const server = await startHostileServer({ NODE_ENV: 'development', LOG_LEVEL: 'debug' });
const staff = await logInAsAdmin(server);
const task = await createTask(staff);
const victim = await admitCandidate(staff, staff.as(undefined), task);
await victim.does(starts(0));
const honest = await HonestCandidate.start(server, staff);

/** Does something again and again, several at once, until the attack is over. */
async function keepDoing(act: () => Promise<unknown>): Promise<void> {
  const end = performance.now() + ATTACK_MS;
  const again = async () => {
    while (performance.now() < end) await act();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, again));
}

it('strangers behind a plain proxy on the same computer ask a server in development for everything', async () => {
  // As `location /observe/ { proxy_pass http://server/; }`: the server sees callers on its own computer.
  const proxy = await PrefixProxy.start(server, '/observe/');
  const { attempt_id } = victim;
  const wanted: [string, string, object?][] = [
    ['POST', '/machines/pass', {}],
    ['POST', '/machines/pass', { key: 'A'.repeat(43) }],
    ['GET', '/machines/pictures/attempt-v1'],
    ['GET', '/api/v1/attempts'],
    ['GET', `/api/v1/attempts/${attempt_id}`],
    ['GET', `/api/v1/attempts/${attempt_id}/events`],
    ['GET', `/api/v1/attempts/${attempt_id}/states`],
    ['GET', '/api/v1/audit'],
    ['POST', '/api/v1/tokens/generate', { task_id: task.task_id }],
    ['POST', '/api/v1/events', victim.body(starts(0))],
  ];
  let next = 0;
  const seen = new Set<number>();
  await honest.isUndisturbedBy(async () => {
    await keepDoing(async () => {
      const [method, path, body] = wanted[next++ % wanted.length] ?? ['GET', '/'];
      const answer = await fetch(`${proxy.url}/observe${path}`, {
        method,
        ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
      seen.add(answer.status);
      expect(await answer.text()).not.toMatch(/access_token|attempt_id|option_id/);
    });
    const stranger = new ApiClient(`${proxy.url}/observe`);
    expect((await closing(stranger.watch(attempt_id))).code).toBe(4401);
  });
  for (const status of seen) expect([401, 403, 422, 429]).toContain(status);
});

const get = (path: string, ...headers: string[]) =>
  [`GET ${path} HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n');

/** Connections that each send all requests at once. @returns how many answers have been read */
function pipeline(connections: number, requests: string) {
  const { hostname, port } = new URL(server.url);
  const all = {
    answers: 0,
    sockets: Array.from({ length: connections }, () => connect(Number(port), hostname)),
  };
  for (const socket of all.sockets) {
    socket.on('error', () => undefined);
    atTheEnd(() => void socket.destroy());
    socket.write(requests);
    socket.on('data', (data) => {
      all.answers += data.toString('latin1').split('HTTP/1.1 ').length - 1;
    });
  }
  return all;
}

it('connections ask for HTTP/2 again and again, and some of them read nothing', async () => {
  const wish = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMA'];
  const each = 100;
  await honest.isUndisturbedBy(async () => {
    const requests = get('/api/v1/attempts', ...wish).repeat(each);
    const [reading, other] = [pipeline(AT_ONCE, requests), pipeline(AT_ONCE, requests)];
    for (const socket of other.sockets) socket.pause();
    await eventually(() => expect(reading.answers).toBe(AT_ONCE * each));
    for (const socket of [...reading.sockets, ...other.sockets]) socket.resetAndDestroy();
  });
});

it('nobody reads the log while requests fill it; then the server is told to stop', async () => {
  // Some 115 bytes each in the log: more in all than a pipe and the server keep for a reader.
  const each = 500;
  const fill = async () => {
    const filling = pipeline(AT_ONCE, get('/healthz').repeat(each));
    await eventually(() => expect(filling.answers).toBe(AT_ONCE * each));
  };
  await honest.isUndisturbedBy(async () => {
    server.isOutputRead = false;
    await fill();
  });
  server.isOutputRead = true;
  await eventually(async () => {
    await fetch(`${server.url}/healthz`);
    // Without the whole log in the message of a failure.
    expect(/"msg":"\d+ log lines were dropped/.test(server.output)).toBe(true);
  });
  server.isOutputRead = false;
  await fill();
  expect((await server.terminate()).code).toBe(0);
});
