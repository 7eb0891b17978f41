import { Agent, request } from 'node:http';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { createWorld } from '../access/people.ts';
import { ROUTES, type RouteRow } from '../access/routes.ts';
import { randomJson } from '../support/random-json.ts';

const world = await createWorld();
const { url } = world.server;

const RUNS = 300;
/** Simultaneous requests. */
const AT_ONCE = 20;

const { scalar, body, spoilt } = randomJson([
  world.open.attempt_id,
  world.task.task_id,
  world.task.options[0]?.option_id,
  'A',
]);

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
