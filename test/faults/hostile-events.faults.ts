import { createHash } from 'node:crypto';
import { Agent, request } from 'node:http';
import fc from 'fast-check';
import { expect, inject, it } from 'vitest';
import { machineById } from '../../machines/index.ts';
import { ApiClient } from '../../src/tools/api-client.ts';
import { logInAsAdmin } from '../support/administrator.ts';
import { createTask, issueTokens } from '../support/assessment.ts';
import { atTheEnd } from '../support/at-the-end.ts';
import { Candidate, readLog, redeem } from '../support/candidate.ts';
import { type RandomJson, randomJson } from '../support/random-json.ts';
import {
  abandons,
  changes,
  completes,
  type Step,
  selects,
  starts,
  startsReasoning,
  submitsReasoning,
  updatesReasoning,
  views,
} from '../support/recorded.ts';
import { replay } from '../support/replay.ts';
import { startServerProcess } from '../support/server-process.ts';
import { SEED } from './random.ts';
import { note } from './summary.ts';

/** How many requests are sent; the whole run has 200 000. */
const REQUESTS = Number(process.env['HOSTILE_REQUESTS'] ?? 3000);
/** Requests to one group of attempts, before new attempts take its place. */
const GROUP = 1000;
/** Attempts in a group; several requests to each are under way at once. */
const ATTEMPTS = 4;
/** Simultaneous requests. */
const AT_ONCE = 20;

type Path = '/events' | '/events/batch';

/** A request as it is sent, which need not be JSON or even HTTP as it should be. */
interface Hostile {
  path: Path;
  body: string | Buffer;
  headers?: Record<string, string>;
}

interface Answer {
  status: number;
  body: string;
}

const wellFormed = (json: unknown) => JSON.parse(JSON.stringify(json).toWellFormed());
/** Short, because hundreds of thousands are kept until the end. */
const digestOf = (json: unknown) => createHash('sha256').update(canonical(json)).digest('base64url');

/** JSON with its keys in order, so that the order of keys does not matter. */
function canonical(json: unknown): string {
  return JSON.stringify(json, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
      : value,
  );
}

/** Steps in any order: many are allowed in some state, and none in all of them. */
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.constant(starts(0)) },
  {
    weight: 20,
    arbitrary: fc
      .tuple(fc.constantFrom('A', 'B', 'C'), fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }))
      .map(([code, ms]) => views(0, code, ms)),
  },
  { weight: 12, arbitrary: fc.constantFrom('A', 'B', 'C').map((code) => selects(0, code)) },
  { weight: 12, arbitrary: fc.constantFrom('AB', 'BC', 'CA').map(([a = '', b = '']) => changes(0, a, b)) },
  { weight: 5, arbitrary: fc.constantFrom(startsReasoning(0), abandons(0), updatesReasoning(0, 3, 1)) },
  {
    weight: 5,
    arbitrary: fc
      .tuple(fc.string({ unit: 'binary' }), fc.constantFrom(0, 1, 60, 4990))
      .map(([text, more]) => submitsReasoning(0, text + '😀'.repeat(more))),
  },
  { weight: 1, arbitrary: fc.constantFrom('A', 'B', 'C').map((code) => completes(0, code)) },
);

/** What a front end may add to any event. The ids are few, so that many are used twice. */
const addition = (json: RandomJson) =>
  fc.record(
    {
      client_event_id: fc.oneof(
        { weight: 1, arbitrary: fc.constantFrom(null, '') },
        { weight: 9, arbitrary: fc.integer({ min: 0, max: 200 }).map(String) },
      ),
      metadata: fc.oneof(fc.constant(null), fc.dictionary(fc.string(), json.value, { maxKeys: 3 })),
      extra: json.value,
      timestamp_client: fc.constantFrom(
        ...['2026-01-31t09:30z', '20260131T093000+0100', '2026-01-31 09:30:00,25-08', '2016-12-31T23:59:60Z'],
        ...['2026-01-31T09:30:00', null],
      ),
    },
    { requiredKeys: [] },
  );

/** Every kind of request to the attempt of `candidate`. */
function hostileTo(candidate: Candidate): fc.Arbitrary<Hostile> {
  const { attempt_id, task } = candidate;
  const json = randomJson([attempt_id, task.task_id, task.options[0]?.option_id, 'A']);
  const event = fc.tuple(step, addition(json)).map(([each, { extra, ...envelope }]) => {
    const body = candidate.body(each);
    const payload = extra === undefined ? body.payload : { ...body.payload, extra };
    return { ...body, ...envelope, payload };
  });
  const one = event.map((body) => JSON.stringify(body));
  const spoilt = event.chain((body) => json.spoilt(body));
  const anything = fc.oneof(
    { weight: 6, arbitrary: one },
    { weight: 2, arbitrary: spoilt },
    { weight: 1, arbitrary: json.body },
  );
  const batch = (maxLength: number) =>
    fc.array(anything, { maxLength }).map((events) => `{"events":[${events.join(',')}]}`);
  const spoiltBatch = fc
    .array(event, { minLength: 1, maxLength: 5 })
    .chain((events) => json.spoilt({ events }));
  const raw = fc.oneof(
    fc.constantFrom('', '[', 'null', '1e999', '[]', '{"events":{"length":1}}', '{"__proto__":{"events":[]}}'),
    fc.constantFrom(10, 40, 20_000).map((levels) => '['.repeat(levels) + ']'.repeat(levels)),
    fc.constantFrom(70_000, 1_100_000).map((length) => ' '.repeat(length)),
    one.map((text) =>
      text.replace('"payload"', '"payload":{"$ref":"a","$id":1e400,"n":-0,"\\ud800":1},"payload"'),
    ),
    one.map((text) =>
      text.replace('"metadata":', '"metadata":{"__proto__":1,"_bsontype":"Long"},"metadata":'),
    ),
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    one.map((text) => Buffer.from(text.slice(0, text.length / 2))),
  );
  const headers = fc.constantFrom<Record<string, string>>(
    { 'content-type': 'text/plain' },
    { 'content-type': 'application/json; charset="' },
    { 'content-type': 'application/json; charset=utf-16' },
    { 'content-encoding': 'gzip' },
    { 'transfer-encoding': 'chunked' },
    { authorization: 'Bearer null' },
    { authorization: 'Bearer' },
    { accept: 'text/html' },
  );
  const path = fc.constantFrom<Path>('/events', '/events/batch');
  const of = (fixed: Path, body: fc.Arbitrary<string>) => body.map((text) => ({ path: fixed, body: text }));
  return fc.oneof(
    { weight: 40, arbitrary: of('/events', anything) },
    { weight: 20, arbitrary: of('/events/batch', batch(6)) },
    { weight: 1, arbitrary: of('/events/batch', batch(110)) },
    { weight: 4, arbitrary: of('/events/batch', spoiltBatch) },
    { weight: 4, arbitrary: fc.record({ path, body: raw }) },
    { weight: 3, arbitrary: fc.record({ path, body: one, headers }) },
  );
}

/** What was asked and answered, and which events the answers promised. */
class Tally {
  readonly statuses: Record<string, number> = {};
  readonly serverErrors: string[] = [];
  /** Number in its attempt and digest of what was posted, by event id. */
  readonly promised = new Map<string, { sequence_number: number; posted: Set<string> }>();
  verdicts = 0;

  note({ path, body }: Hostile, { status, body: answered }: Answer): void {
    const key = `${path} ${status}`;
    this.statuses[key] = (this.statuses[key] ?? 0) + 1;
    if (status >= 500) this.serverErrors.push(`${status}: ${path} ${body}`);
    if (status !== 201) return;
    const posted = JSON.parse(String(body));
    const answer = JSON.parse(answered);
    const results: { status?: number; event_id?: string; sequence_number: number }[] = answer.results ?? [
      answer,
    ];
    for (const [index, verdict] of results.entries()) {
      this.verdicts += 1;
      if ((verdict.status ?? 0) >= 500) this.serverErrors.push(`verdict ${verdict.status}: ${body}`);
      if (verdict.event_id === undefined) continue;
      const { event_type, payload } = answer.results ? posted.events[index] : posted;
      const promise = this.promised.get(verdict.event_id) ?? {
        sequence_number: verdict.sequence_number,
        posted: new Set(),
      };
      promise.posted.add(digestOf(wellFormed({ event_type, payload })));
      this.promised.set(verdict.event_id, promise);
    }
  }
}

it(`${REQUESTS} random and hostile requests: no answer is a 5xx, and every journal is as promised`, async () => {
  const server = await startServerProcess();
  const staff = await logInAsAdmin(server);
  const tasks = [await createTask(staff), await createTask(staff, undefined, { requires_reasoning: false })];
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  atTheEnd(() => agent.destroy());
  const api = new ApiClient(server.url);
  const tally = new Tally();
  const since = performance.now();
  let stored = 0;
  let attempts = 0;

  for (let sent = 0; sent < REQUESTS; sent += GROUP) {
    const candidates: Candidate[] = [];
    for (let n = 0; n < ATTEMPTS; n += 1) {
      const task = tasks[n % 2] as (typeof tasks)[number];
      const [issued] = await issueTokens(staff, task);
      candidates.push(new Candidate(api, await redeem(api, issued?.token ?? '', task)));
    }
    const count = Math.ceil(Math.min(GROUP, REQUESTS - sent) / ATTEMPTS);
    const waiting = candidates.flatMap((candidate, n) =>
      fc
        .sample(hostileTo(candidate), { numRuns: count, seed: SEED + sent + n })
        .map((hostile, order) => ({ hostile, candidate, order })),
    );
    // All attempts at the same time, each in the order of its sample.
    waiting.sort((a, b) => b.order - a.order);
    const sendNext = async (): Promise<void> => {
      for (let next = waiting.pop(); next; next = waiting.pop()) {
        const { hostile, candidate } = next;
        tally.note(hostile, await post(server.url, agent, candidate.token, hostile));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, sendNext));
    for (const candidate of candidates) stored += await expectAsPromised(staff, candidate, tally);
    attempts += candidates.length;
    // Everything promised to these attempts was found.
    expect([...tally.promised.keys()]).toEqual([]);
  }

  const seconds = Math.round((performance.now() - since) / 1000);
  const answered = Object.values(tally.statuses).reduce((sum, count) => sum + count, 0);
  const statuses = Object.entries(tally.statuses).sort();
  note(inject('figures'), {
    hostile:
      `${answered} random and hostile requests in ${seconds} s: ${tally.serverErrors.length} server errors; ` +
      `${tally.verdicts} verdicts, ${attempts} attempts with ${stored} events, ${server.rss} MiB in the end; ` +
      statuses.map(([status, count]) => `${status}: ${count}`).join(', '),
  });
  expect(answered).toBeGreaterThanOrEqual(REQUESTS);
  expect(tally.serverErrors).toEqual([]);
  expect(server.errors).toEqual([]);
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
}, 3_600_000);

/** The journal is legal, and has exactly the events that were acknowledged, as they were posted. */
async function expectAsPromised(staff: ApiClient, candidate: Candidate, tally: Tally): Promise<number> {
  const { attempt_id, task } = candidate;
  const log = await readLog(staff, attempt_id, 1000);
  replay(machineById('attempt-v1'), { attempt_id, requires_reasoning: task.requires_reasoning }, log);
  const ids = log.flatMap(({ client_event_id }) => client_event_id ?? []);
  expect(new Set(ids).size, 'each client_event_id once').toBe(ids.length);
  for (const { event_id, sequence_number, event_type, payload } of log) {
    const promise = tally.promised.get(event_id);
    expect(promise?.sequence_number, `acknowledged number of event ${event_id}`).toBe(sequence_number);
    const asStored = [digestOf({ event_type, payload })];
    expect([...(promise?.posted ?? [])], `event ${event_id}: ${JSON.stringify(payload)}`).toEqual(asStored);
    tally.promised.delete(event_id);
  }
  if (log.at(-1)?.event_type === 'task_completed') await candidate.results('skills');
  return log.length;
}

/** Posts as it is told, and never mind what; much cheaper than `fetch`. */
function post(url: string, agent: Agent, token: string, { path, body, headers }: Hostile): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(`${url}/api/v1${path}`, {
      method: 'POST',
      agent,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    });
    asked.on('response', (response) => {
      let heard = '';
      response.setEncoding('utf8');
      response.on('data', (text) => {
        heard += text;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: heard }));
    });
    // Whoever sends too much may be cut off before or after the answer.
    asked.on('error', (error) =>
      body.length > 64 * 1024 ? resolve({ status: 413, body: '' }) : reject(error),
    );
    asked.end(body);
  });
}
