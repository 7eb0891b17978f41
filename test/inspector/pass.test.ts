import { once } from 'node:events';
import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createTask, issueTokens } from '../support/assessment.ts';
import { admitCandidate } from '../support/candidate.ts';
import { watch } from '../support/live-watcher.ts';
import { starts } from '../support/recorded.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const server = await startTestServer();
const another = await startTestServer();
const keyOf = ({ machinesLink }: TestServer) => new URL(machinesLink ?? '').hash.replace('#key=', '');
const { host, port } = new URL(server.url);

/** Asks for a pass with exactly these headers, which `fetch` would not let a caller set. */
async function ask(
  headers: Record<string, string> = {},
  key = keyOf(server),
): Promise<{ status: number; body: string }> {
  const asked = request(`${server.url}/machines/pass`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
  }).end(JSON.stringify({ key }));
  const [answer] = await once(asked, 'response');
  let body = '';
  for await (const part of answer) body += part;
  return { status: answer.statusCode, body };
}

const token = async (): Promise<string> => JSON.parse((await ask()).body).access_token;

describe('a pass for the page of the machines', () => {
  it.each([
    ['a program here', {}],
    ['the page under its own address', { host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' }],
    ['the page as localhost', { host: `localhost:${port}`, origin: `http://localhost:${port}` }],
    ['the page over IPv6', { host: `[::1]:${port}` }],
  ])('is given to %s', async (_, headers) => {
    expect((await ask(headers)).status).toBe(200);
  });

  it.each([
    ['a name that was made to point here', { host: `evil.example:${port}` }],
    ['a name that only begins like this computer’s', { host: 'localhost.evil.example' }],
    ['a page of another host', { host, origin: 'https://evil.example' }],
    ['a page of another port here', { host, origin: 'http://localhost:5173' }],
    ['a page without an origin', { host, origin: 'null' }],
    ['a page of another site that sends no origin', { host, 'sec-fetch-site': 'cross-site' }],
    ['a page of the same site on another port', { host, 'sec-fetch-site': 'same-site' }],
    ['somebody behind a proxy here', { host, 'x-forwarded-for': '203.0.113.9' }],
    ['somebody behind a tunnel here', { host, forwarded: 'for=203.0.113.9' }],
  ])('is refused to %s', async (_, headers) => {
    const { status, body } = await ask(headers);
    expect(status).toBe(403);
    expect(body).not.toContain('access_token');
  });

  it.each([
    ['no key', ''],
    ['a guessed key', 'A'.repeat(43)],
    ['the key of another start', keyOf(another)],
  ])('is refused for %s, even here', async (_, key) => {
    const { status, body } = await ask({}, key);
    expect(status).toBe(403);
    expect(body).toContain('the server printed');
    expect(body).not.toContain('access_token');
  });

  it('does not exist in production, nor does the way around the log-in', async () => {
    const production = await startTestServer({
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      JWT_SECRET: 'a secret of more than thirty-two bytes',
      SIGNING_KEY: 'another secret of more than thirty-two bytes',
    });
    const asked = await fetch(`${production.url}/machines/pass`, { method: 'POST' });
    expect(asked.status).toBe(404);
    const shell = await (await fetch(`${production.url}/machines`)).text();
    expect(shell).toContain('data-access="log-in"');
    expect(production.machinesLink).toBeUndefined();
    const stranger = production.api.as(await token());
    expect((await stranger.send('GET', '/attempts')).status).toBe(401);
  });

  it('opens what the page shows, and changes nothing', async () => {
    const task = await createTask(server.admin);
    const candidate = await admitCandidate(server.admin, server.api, task);
    const page = server.api.as(await token());
    const path = `/attempts/${candidate.attempt_id}`;
    for (const read of ['/attempts', path, `${path}/events`, `${path}/states`, '/tasks']) {
      expect((await page.send('GET', read)).status, read).toBe(200);
    }
    const event = { ...candidate.body(starts(0)) };
    const writes: [string, string, object?][] = [
      ['POST', '/events', event],
      ['POST', '/events/batch', { events: [event] }],
      ['POST', `${path}/complete`],
      ['POST', '/tokens/generate', { task_id: task.task_id }],
      ['POST', '/tasks', {}],
      ['PUT', `/tasks/${task.task_id}`, {}],
      ['POST', '/users', {}],
      ['POST', '/attempts', { token: (await issueTokens(server.admin, task))[0]?.token }],
    ];
    for (const [method, write, body] of writes) {
      expect((await page.send(method, write, body)).status, write).toBe(403);
    }
    for (const secret of ['/audit']) expect((await page.send('GET', secret)).status).toBe(403);
    expect((await candidate.get()).sequence_number).toBe(0);
  });

  it('opens the live channel', async () => {
    const candidate = await admitCandidate(server.admin, server.api, await createTask(server.admin));
    const watcher = await watch(server.api.as(await token()), candidate.attempt_id, 0);
    expect(watcher.heard[0]?.type).toBe('attempt_state');
  });
});

describe('the page’s files', () => {
  it('come with a policy that lets nothing else in', async () => {
    const { headers } = await fetch(`${server.url}/machines`);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('unsafe');
  });

  it('are its own and no others', async () => {
    const found = await fetch(`${server.url}/machines/page/page.js`);
    expect(found.headers.get('content-type')).toMatch(/javascript/);
    const script = await found.text();
    expect(script).toMatch(/from .\.\/api\.js/);
    for (const name of ['tsconfig.json', 'page.ts', 'page.html', 'none.js', '..%2finspector.js']) {
      expect((await fetch(`${server.url}/machines/page/${name}`)).status, name).toBe(404);
    }
    for (const id of ['attempt-v0', '..%2fmachines%2fattempt-v1', 'constructor']) {
      const headers = { authorization: `Bearer ${await token()}` };
      expect((await fetch(`${server.url}/machines/pictures/${id}`, { headers })).status, id).toBe(404);
    }
  });
});
