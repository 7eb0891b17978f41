import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createApp } from '../../src/app.ts';
import { createWorld, PEOPLE } from './people.ts';
import { LIVE_CHANNEL, ROUTES } from './routes.ts';

const world = await createWorld();
const { server } = world;

it('tries every route of the server, and no other', () => {
  const { live, routers } = createApp(server.services);
  live.close();
  const served = routers
    .flatMap((router) => router.stack)
    .flatMap(({ methods, path }) =>
      methods.filter((method) => method !== 'HEAD').map((method) => `${method} ${path}`),
    );
  expect(ROUTES.map(({ route }) => route).toSorted()).toEqual(served.toSorted());
});

describe.each(ROUTES)('$route', ({ route, path, body, about = 'open', expected }) => {
  const [method = '', template = ''] = route.split(' ');

  it('answers each person as the table says', async () => {
    const answered: Record<string, number> = {};
    for (const person of PEOPLE) {
      const token = world.credentials(person, about);
      const sent = body && JSON.stringify(await body(world));
      const response = await fetch(server.url + (path ? await path(world) : template), {
        method,
        headers: {
          ...(token && { authorization: `Bearer ${token}` }),
          ...(sent && { 'content-type': 'application/json' }),
        },
        ...(sent && { body: sent }),
      });
      answered[person] = response.status;
      const text = await response.text();
      if (response.status < 400) continue;
      expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(JSON.parse(text)).toMatchObject({ status: response.status, code: expect.any(String) });
    }
    expect(answered).toEqual(expected);
  });
});

describe('GET /ws/attempts/:attempt_id', () => {
  it.each(PEOPLE)('is served or closed as the table says for %s', async (person) => {
    const socket = server.api.as(world.credentials(person, 'open')).watch(world.open.attempt_id);
    const first = await Promise.race([
      once(socket, 'message').then(([data]) => JSON.parse(String(data)).type as string),
      once(socket, 'close').then(([code]) => code as number),
    ]);
    socket.terminate();
    expect(first).toBe(LIVE_CHANNEL[person] === 1000 ? 'attempt_state' : LIVE_CHANNEL[person]);
  });

  it('has no other address', async () => {
    for (const path of ['/ws', '/ws/attempts/', `/ws/attempts/${world.open.attempt_id}/events`]) {
      const url = `${server.url.replace('http', 'ws')}${path}?token=${world.credentials('admin', 'open')}`;
      const socket = new WebSocket(url);
      const [code] = await once(socket, 'close');
      expect(code).toBe(4404);
    }
  });
});
