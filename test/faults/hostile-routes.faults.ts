import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import fc from 'fast-check';
import { expect, inject, it } from 'vitest';
import { machineById } from '../../machines/index.ts';
import { ApiClient } from '../../src/tools/api-client.ts';
import { createWorldOn, JWT_SECRET, PEOPLE, type Person, type World } from '../access/people.ts';
import { ROUTES, type RouteRow } from '../access/routes.ts';
import { PASSWORD } from '../support/accounts.ts';
import { ADMIN, logInAsAdmin } from '../support/administrator.ts';
import { createTask } from '../support/assessment.ts';
import { atTheEnd } from '../support/at-the-end.ts';
import { admitCandidate, type Candidate, readLog } from '../support/candidate.ts';
import { randomJson } from '../support/random-json.ts';
import { selects, starts } from '../support/recorded.ts';
import { replay } from '../support/replay.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { SEED } from './random.ts';
import { note } from './summary.ts';

/** How many requests are sent; the whole run has 500 000. */
const REQUESTS = Number(process.env['HOSTILE_REQUESTS'] ?? 3000);
/** Requests to one open attempt, before a new one takes its place. */
const GROUP = 1000;
/** Simultaneous requests. */
const AT_ONCE = 20;
const WORDS = 'because the zeppelin was late, therefore I waited';

interface Hostile {
  method: string;
  target: string;
  person: Person;
  headers: Record<string, string>;
  body: string | undefined;
}

const PARAMETERS = [
  'limit',
  'cursor',
  'status',
  'state',
  'task_id',
  'user_id',
  'from',
  'to',
  'after',
  'token',
];

/** Requests to all routes, by everybody, of which some are nearly right and some hardly a request at all. */
async function requestsIn(world: World): Promise<fc.Arbitrary<Hostile>> {
  const { open, done, task } = world;
  const ids = [open.attempt_id, done.attempt_id, task.task_id, world.owner_id, 'f'.repeat(24)];
  const json = randomJson([...ids, task.options[0]?.option_id, 'A', WORDS, PASSWORD]);
  const segment = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...ids) },
    {
      weight: 2,
      arbitrary: fc.constantFrom('%00', '..%2f..', '__proto__', 'undefined', '$where', '%', 'x'.repeat(500)),
    },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }).map(encoded) },
  );
  const parameter = fc
    .tuple(
      fc.oneof(fc.constantFrom(...PARAMETERS), fc.string().map(encoded)),
      fc.oneof(json.scalar, fc.constant('')),
    )
    .map(([name, value]) => `${name}=${encoded(String(value))}`);
  const query = fc.array(parameter, { maxLength: 3 }).map((all) => (all.length ? `?${all.join('&')}` : ''));
  const headers = fc.oneof(
    { weight: 12, arbitrary: fc.constant({}) },
    {
      weight: 3,
      arbitrary: fc.constantFrom<Record<string, string>>(
        { 'content-type': 'text/plain' },
        { 'content-type': 'application/json; charset=utf-16' },
        { 'content-encoding': 'gzip' },
        { connection: 'Upgrade', upgrade: 'h2c' },
        { origin: 'null' },
        { 'x-forwarded-for': '127.0.0.1, ::1, x' },
        { 'if-match': '"x' },
        { accept: 'text/html', 'accept-language': '\u00e9' },
        { host: 'evil.example' },
      ),
    },
  );
  const person = fc.oneof(
    fc.constantFrom(...PEOPLE),
    fc.constantFrom<Person>('owners_attempt_token', 'candidate', 'recruiter', 'admin'),
  );
  const rows = await Promise.all(
    ROUTES.map(async (row) => {
      const { target, good } = await rightRequest(row, world);
      const [method = '', template = ''] = row.route.split(' ');
      const path = fc.oneof(
        { weight: 3, arbitrary: fc.constant(target) },
        { weight: 1, arbitrary: segment.map((value) => template.replace(/:\w+/, () => value)) },
      );
      const body = fc.oneof(
        { weight: 1, arbitrary: fc.constant(undefined) },
        { weight: 3, arbitrary: json.body },
        { weight: 5, arbitrary: json.spoilt(good) },
        { weight: 3, arbitrary: fc.constant(JSON.stringify(good)) },
      );
      const arbitrary = fc.record({
        method: fc.oneof(
          { weight: 19, arbitrary: fc.constant(method) },
          {
            weight: 1,
            arbitrary: fc.constantFrom('DELETE', 'PUT', 'POST', 'GET', 'OPTIONS', 'PATCH', 'HEAD', 'TRACE'),
          },
        ),
        target: fc.tuple(path, query).map((parts) => parts.join('')),
        // A GET seldom has a body.
        body: method === 'GET' ? fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, body) : body,
        person,
        headers,
      });
      // Passwords cost 25 ms of processor time each.
      const weight = /password/.test(JSON.stringify(good)) ? 1 : /\/events/.test(template) ? 40 : 10;
      return { weight, arbitrary };
    }),
  );
  const sockets = fc
    .record({ target: fc.tuple(segment, query).map(([id, rest]) => `/ws/attempts/${id}${rest}`), person })
    .map(({ target, person }) => ({ method: 'GET', target, person, headers: HANDSHAKE, body: undefined }));
  return fc.oneof(...rows, { weight: 10, arbitrary: sockets });
}

const HANDSHAKE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

const encoded = (text: string): string => encodeURIComponent(text.toWellFormed());

async function rightRequest(row: RouteRow, world: World): Promise<{ target: string; good: object }> {
  const target = row.path ? await row.path(world) : (row.route.split(' ')[1] ?? '');
  return { target, good: (await row.body?.(world)) ?? {} };
}

/** What was answered. */
class Tally {
  readonly statuses: Record<string, number> = {};
  readonly serverErrors: string[] = [];
  readonly acknowledged = new Set<string>();
  readonly secrets = new Set([JWT_SECRET, ADMIN.password, PASSWORD, WORDS]);
  refusedFor503 = 0;

  note(
    { method, target, body }: Hostile,
    status: number,
    answer: string,
    retryAfter: string | undefined,
  ): void {
    this.statuses[status] = (this.statuses[status] ?? 0) + 1;
    // A 503 that says what it is and when to come back is an answer like any other.
    if (status === 503 && retryAfter && /"code":"(overloaded|database_unavailable)"/.test(answer))
      this.refusedFor503 += 1;
    else if (status >= 500) this.serverErrors.push(`${status}: ${method} ${target} ${body}: ${answer}`);
    for (const [, secret = ''] of answer.matchAll(/"(?:access_token|refresh_token|token)":"([^"]+)"/g)) {
      this.secrets.add(secret);
    }
    for (const [, id = ''] of answer.matchAll(
      /"event_id":"(\w+)","sequence_number":\d+,"timestamp_server":"[^"]+","acknowledged":true/g,
    )) {
      this.acknowledged.add(id);
    }
  }
}

it(`${REQUESTS} random and hostile requests to all routes: no server error, no illegal journal, no secret in the log`, async () => {
  const server = await startServerProcess({ NODE_ENV: 'development', LOG_LEVEL: 'debug', JWT_SECRET });
  const admin = await logInAsAdmin(server);
  const machinesLink = / (http\S+#key=\S+)/.exec(server.output)?.[1];
  const world = await createWorldOn({ url: server.url, machinesLink, api: new ApiClient(server.url), admin });
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  atTheEnd(() => agent.destroy());
  const tally = new Tally();
  const since = performance.now();
  let events = 0;
  let logged = 0;

  for (let sent = 0; sent < REQUESTS; sent += GROUP) {
    const { open, another } = await freshAttempts(world, admin);
    const numRuns = Math.min(GROUP, REQUESTS - sent);
    const waiting = fc.sample(await requestsIn(world), { numRuns, seed: SEED + sent });
    const sendNext = async (): Promise<void> => {
      for (let next = waiting.pop(); next; next = waiting.pop())
        await send(server, agent, world, next, tally);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, sendNext));
    const stored = [...(await legalLog(admin, open)), ...(await legalLog(admin, another))];
    for (const { event_id } of stored) tally.acknowledged.delete(event_id);
    expect([...tally.acknowledged], 'acknowledged and not stored').toEqual([]);
    expect(tally.serverErrors).toEqual([]);
    events += stored.length;
    logged += server.output.length;
    expectNoSecrets(server, tally);
  }

  note(inject('figures'), {
    hostile:
      `${REQUESTS} random and hostile requests to all routes in ${Math.round((performance.now() - since) / 1000)} s: ` +
      `${tally.serverErrors.length} server errors, ${tally.refusedFor503} stated 503s, ${events} events in legal journals, ` +
      `none of ${tally.secrets.size} secrets in ${(logged / 1e6).toFixed(1)} MB of log, ${server.rss} MiB in the end; ` +
      Object.entries(tally.statuses)
        .map(([status, count]) => `${status}: ${count}`)
        .join(', '),
  });
  expect(server.errors).toEqual([]);
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
}, 36_000_000);

/** A new open attempt of the owner, and one of somebody else. */
async function freshAttempts(
  world: World,
  admin: ApiClient,
): Promise<{ open: Candidate; another: Candidate }> {
  world.task = await createTask(admin);
  const owner = world.server.api.as(world.credentials('candidate', 'open'));
  world.open = await admitCandidate(admin, owner, world.task);
  await world.open.does(starts(0), selects(0, 'A'));
  const another = await admitCandidate(admin, world.server.api, world.task);
  return { open: world.open, another };
}

/** The journal, which the machine allows, and in which each id of the front end is there once. */
async function legalLog(admin: ApiClient, { attempt_id, task }: Candidate) {
  const log = await readLog(admin, attempt_id, 1000);
  replay(machineById('attempt-v1'), { attempt_id, requires_reasoning: task.requires_reasoning }, log);
  const ids = log.flatMap(({ client_event_id }) => client_event_id ?? []);
  expect(new Set(ids).size).toBe(ids.length);
  return log;
}

/** Looks at what was logged since the last time. */
function expectNoSecrets(server: ServerProcess, { secrets }: Tally): void {
  // What is printed for the person at the terminal is no part of the log.
  const lines = server.output.split('\n').filter((line) => line.startsWith('{'));
  expect(lines.length).toBeGreaterThan(0);
  server.output = server.errors.join('\n');
  const told = lines.filter(
    (line) =>
      (line.match(/[\w.-]{20,}/g) ?? []).some((word) => secrets.has(word)) ||
      [JWT_SECRET, ADMIN.password, PASSWORD, WORDS].some((secret) => line.includes(secret)),
  );
  expect(told).toEqual([]);
}

/** Sends a request as it is, and never mind what is answered. */
async function send(
  server: ServerProcess,
  agent: Agent,
  world: World,
  hostile: Hostile,
  tally: Tally,
): Promise<void> {
  const { method, target, person, headers, body } = hostile;
  const token = world.credentials(person, target.includes(world.done.attempt_id) ? 'done' : 'open');
  const asked = request(server.url + target, {
    method,
    agent,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      }),
      ...headers,
    },
  });
  asked.end(body);
  const [response, socket] = (await Promise.race([once(asked, 'response'), once(asked, 'upgrade')])) as [
    IncomingMessage,
    { destroy(): void } | undefined,
  ];
  let answer = '';
  if (socket) socket.destroy();
  else for await (const text of response.setEncoding('utf8')) answer += text;
  tally.note(hostile, response.statusCode ?? 0, answer, response.headers['retry-after']);
}
