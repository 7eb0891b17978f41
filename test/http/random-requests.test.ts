import { Agent, request } from 'node:http';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { createWorld } from '../access/people.ts';
import { ROUTES, type RouteRow } from '../access/routes.ts';

const world = await createWorld();
const { url } = world.server;

const RUNS = 1000;
/** Simultaneous requests. */
const AT_ONCE = 20;

/** Field names that the routes read, so that random objects often have something in the right place. */
const fields = [
  ...['email', 'password', 'role', 'refresh_token', 'token', 'task_id', 'attempt_id', 'count', 'events'],
  ...['event_type', 'payload', 'metadata', 'timestamp_client', 'client_event_id', 'options', 'title'],
  ...['candidate_email', 'expires_in_seconds', 'option_id', 'option_code', 'duration_ms', 'text'],
  ...['current_password', 'new_password', '__proto__', 'constructor', '$gt', '$where', 'a.b', ''],
];
const scalar = fc.oneof(
  fc.constantFrom(world.open.attempt_id, world.task.task_id, world.task.options[0]?.option_id, 'A'),
  fc.constantFrom('task_started', 'option_viewed', 'option_selected', 'task_completed', 'x@example.com'),
  fc.constantFrom('2025-01-01T00:00:00Z', -1, 0, 1, 1.5, 1e308, Number.MAX_SAFE_INTEGER, null, true),
  fc.string({ unit: 'binary' }),
  fc.double(),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...fields), fc.string()), tie('value'), { maxKeys: 8 }),
  ),
}));
/** Mostly valid JSON, sometimes cut short. */
const body = fc.oneof(
  { weight: 9, arbitrary: value.map((json) => JSON.stringify(json)) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
);

/** A valid body with one thing replaced, left out or added anywhere in it. */
function spoilt(good: unknown): fc.Arbitrary<string> {
  const places = placesIn(good);
  return fc
    .tuple(
      fc.constantFrom(...places),
      value,
      fc.constantFrom('replace', 'drop', 'add'),
      fc.constantFrom(...fields),
    )
    .map(([place, replacement, how, field]) => {
      const copy = structuredClone({ root: good }) as Record<string, unknown>;
      let at: Record<string, unknown> = copy;
      for (const key of place.slice(0, -1)) at = at[key] as Record<string, unknown>;
      const last = place.at(-1) ?? 'root';
      if (how === 'drop') delete at[last];
      else if (how === 'replace') at[last] = replacement;
      else if (typeof at[last] === 'object') Object.assign(at[last] ?? {}, { [field]: replacement });
      return JSON.stringify(copy['root']) ?? '';
    });
}

const placesIn = (json: unknown, place: string[] = ['root']): string[][] => [
  place,
  ...(typeof json === 'object' && json !== null
    ? Object.entries(json).flatMap(([key, inner]) => placesIn(inner, [...place, key]))
    : []),
];

const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
afterAll(() => agent.destroy());

/** The status of an answer; much cheaper than `fetch`. */
function statusOf(method: string, path: string, token: string | undefined, sent = ''): Promise<number> {
  return new Promise((resolve, reject) => {
    const length = Buffer.byteLength(sent);
    const headers = {
      authorization: `Bearer ${token}`,
      ...(length > 0 && { 'content-type': 'application/json', 'content-length': length }),
    };
    const asked = request(url + path, { method, agent, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    asked.on('error', reject).end(sent);
  });
}

/** Sends all requests and returns those that were answered with a 5xx. */
async function serverErrors(all: string[], send: (each: string) => Promise<number>): Promise<string[]> {
  const failed: string[] = [];
  const sendNext = async (): Promise<void> => {
    for (let each = all.pop(); each !== undefined; each = all.pop()) {
      const status = await send(each);
      if (status >= 500) failed.push(`${status}: ${each}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sendNext));
  return failed;
}

const targetOf = async ({ route, path }: RouteRow) => (path ? path(world) : (route.split(' ')[1] ?? ''));

const CONTENT = {
  title: 'Title',
  description: 'Description',
  scenario: 'Scenario',
  category: 'prioritization',
  requires_reasoning: false,
  options: ['A', 'B'].map((option_code) => ({
    option_code,
    label: option_code,
    description: option_code,
    risk_tag: 'low',
    metadata: { trade_off_type: 'x', domain: 'y' },
  })),
};
/** Valid bodies for routes whose body in the access table is not valid or missing. */
const GOOD: Record<string, object> = {
  'POST /api/v1/tasks': { ...CONTENT, task_code: 'random' },
  'PUT /api/v1/tasks/:task_id': CONTENT,
  'POST /api/v1/attempts/:attempt_id/complete': { metadata: {}, client_event_id: 'x' },
};

describe(`${RUNS} random bodies`, () => {
  it.each(ROUTES.filter(({ route }) => !route.startsWith('GET')))(
    '$route: none is a server error',
    async (row) => {
      const { route, expected } = row;
      const token = world.credentials(expected.admin === 403 ? 'owners_attempt_token' : 'admin', 'open');
      const good = GOOD[route] ?? (await row.body?.(world));
      // Many of the nearly valid bodies cause a password to be hashed, which takes 25 ms of processor time each.
      const nearlyGood = JSON.stringify(good ?? '').includes('password') ? 100 : RUNS / 2;
      const bodies = [...fc.sample(body, RUNS - nearlyGood), ...fc.sample(spoilt(good), nearlyGood)];
      const target = (await targetOf(row)).replace(world.done.attempt_id, world.open.attempt_id);
      const [method = ''] = route.split(' ');
      expect(await serverErrors(bodies, (each) => statusOf(method, target, token, each))).toEqual([]);
    },
    60_000,
  );
});

describe('random query strings', () => {
  const parameters = [
    'limit',
    'cursor',
    'status',
    'state',
    'task_id',
    'user_id',
    'from',
    'to',
    'after',
    'since',
  ];
  const query = fc
    .array(
      fc.tuple(fc.oneof(fc.constantFrom(...parameters), fc.string()), fc.oneof(scalar, fc.constant(''))),
      {
        maxLength: 4,
      },
    )
    .map((pairs) =>
      pairs
        .map(
          ([name, value]) =>
            `${encodeURIComponent(wellFormed(name))}=${encodeURIComponent(wellFormed(String(value)))}`,
        )
        .join('&'),
    );

  it.each(ROUTES.filter(({ route }) => route.startsWith('GET /api')))('$route', async (row) => {
    const target = await targetOf(row);
    const token = world.credentials('admin', 'open');
    const ask = (each: string) => statusOf('GET', `${target}?${each}`, token);
    expect(await serverErrors(fc.sample(query, 100), ask)).toEqual([]);
  });
});

const wellFormed = (text: string) => text.replace(/[\uD800-\uDFFF]/g, '?');

it('the server is as well as before', async () => {
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
});
