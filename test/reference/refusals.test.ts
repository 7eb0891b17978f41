import { describe, expect, it } from 'vitest';
import { createWorld } from '../access/people.ts';
import { ROUTES, type RouteRow } from '../access/routes.ts';
import { issueToken } from '../support/assessment.ts';
import { describeOperations } from '../support/operations.ts';

/*
 * What a route refuses because of its steps, whatever it does. That each answer is described is checked for every test.
 */

const world = await createWorld();
const { server, open } = world;
const operations = describeOperations();

async function ask(row: RouteRow, init: RequestInit = {}, target?: string) {
  const [method = '', template = ''] = row.route.split(' ');
  const person = row.expected.admin === 403 ? 'owners_attempt_token' : 'admin';
  const path =
    target ?? (row.path ? (await row.path(world)).replace(world.done.attempt_id, open.attempt_id) : template);
  const headers = { authorization: `Bearer ${world.credentials(person, 'open')}`, ...init.headers };
  const answer = await fetch(server.url + path, { redirect: 'manual', method, ...init, headers });
  await answer.text();
  return answer.status;
}

const bodyOf = (row: RouteRow) =>
  operations.find(({ method, path }) => row.route === `${method.toUpperCase()} ${path}`)?.body;
const rowOf = (route: string) => ROUTES.find((row) => row.route === route) as RouteRow;

describe.each(ROUTES.filter(bodyOf))('$route', (row) => {
  const json = { 'content-type': 'application/json' };

  it('refuses a body that is no JSON, not announced as JSON, or too large', async () => {
    expect(await ask(row, { body: '{', headers: json })).toBe(400);
    expect(await ask(row, { body: '{}', headers: { 'content-type': 'text/plain' } })).toBe(415);
    const large = `{"a":"${'x'.repeat(bodyOf(row)?.limit ?? 0)}"}`;
    expect(await ask(row, { body: large, headers: json })).toBe(413);
  });
});

const UNKNOWN = 'f'.repeat(24);

describe('an id in the path', () => {
  const ofAttempt = ROUTES.filter(({ route }) => route.includes(':attempt_id') && !route.endsWith('/access'));
  it.each(ofAttempt)('that is none is 422, and an unknown one 404: $route', async (row) => {
    const [, template = ''] = row.route.split(' ');
    const at = (id: string) => ask(row, {}, template.replace(':attempt_id', id));
    const isOwners = row.expected.admin === 403;
    expect(await at('x')).toBe(422);
    // The token of one attempt names it.
    expect(await at(UNKNOWN)).toBe(isOwners ? 403 : 404);
  });

  it.each([
    ['GET /api/v1/tasks/:task_id', 404],
    ['POST /api/v1/users/:user_id/reactivate', 404],
  ] as const)('that is unknown: %s', async (route, status) => {
    const [, template = ''] = route.split(' ');
    expect(await ask(rowOf(route), {}, template.replace(/:\w+/, UNKNOWN))).toBe(status);
  });

  it('of a task is looked at before anything is written', async () => {
    const edit = rowOf('PUT /api/v1/tasks/:task_id');
    const { task_code: _, ...content } = world.task;
    const init = {
      body: JSON.stringify({ ...content, task_id: UNKNOWN }),
      headers: { 'content-type': 'application/json' },
    };
    expect(await ask(edit, init, `/api/v1/tasks/${UNKNOWN}`)).toBe(404);
    const close = rowOf('POST /api/v1/tasks/:task_id/deactivate');
    expect(await ask(close, {}, '/api/v1/tasks/x/deactivate')).toBe(422);
  });
});

it('there are no states of an attempt before its redemption', async () => {
  const { attempt_id } = await issueToken(server.admin, world.task);
  const row = rowOf('GET /api/v1/attempts/:attempt_id/states');
  expect(await ask(row, {}, `/api/v1/attempts/${attempt_id}/states`)).toBe(409);
});

it('the pass of /machines belongs to no account', async () => {
  const key = new URL(server.machinesLink ?? '').hash.replace('#key=', '');
  const got = await fetch(`${server.url}/machines/pass`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ key }),
  });
  const { access_token } = (await got.json()) as { access_token: string };
  expect((await server.api.as(access_token).send('GET', '/auth/me')).status).toBe(404);
});

describe('pages and files', () => {
  it.each(['/machines', '/docs'])('%s/ leads to the page without a slash', async (path) => {
    expect(await ask(rowOf(`GET ${path}`), {}, `${path}/`)).toBe(302);
  });

  it.each(['/client/v1.js', '/docs/docs.js'])('%s is not sent again while it is the same', async (path) => {
    const tag = (await fetch(server.url + path)).headers.get('etag') ?? '';
    expect(tag).not.toBe('');
    // Without its own `Cache-Control`, fetch asks for the whole file.
    const headers = { 'if-none-match': tag, 'cache-control': 'max-age=0' };
    const again = await fetch(server.url + path, { headers });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  it('/docs has no other files', async () => {
    for (const name of ['nothing.js', 'toString', '..%2fopenapi.ts']) {
      expect(await ask(rowOf('GET /docs/:file'), {}, `/docs/${name}`), name).toBe(404);
    }
  });
});
