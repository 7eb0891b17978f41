import { describe, expect, it } from 'vitest';
import { createTask } from '../support/assessment.ts';
import { admitCandidate } from '../support/candidate.ts';
import { problemOf } from '../support/problem.ts';
import { request, sendAndReset, sendRaw } from '../support/raw-request.ts';
import { selects, starts } from '../support/recorded.ts';
import { startTestServer } from '../support/server.ts';

const { admin, api, url } = await startTestServer();
const task = await createTask(admin);
const candidate = await admitCandidate(admin, api, task);
await candidate.does(starts(0), selects(0, 'A'));

const post = (path: string, body: string | Buffer, headers: Record<string, string> = {}) =>
  fetch(`${url}/api/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
const withMetadata = (metadata: string) =>
  JSON.stringify({ ...candidate.body(selects(0, 'B')), metadata: 'HERE' }).replace('"HERE"', metadata);
const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
const postEvent = (body: string) => candidate.api.send('POST', '/events', JSON.parse(body));

describe('bodies that are not what they should be', () => {
  const OPERATORS = { $gt: '' };
  it.each<[string, object]>([
    ['/auth/login', { email: OPERATORS, password: OPERATORS }],
    ['/auth/login', { email: ['owner@example.com'], password: ['x'] }],
    ['/auth/refresh', { refresh_token: OPERATORS }],
    ['/auth/logout', { refresh_token: { $ne: null } }],
    ['/auth/register', { email: { $regex: '.*' }, password: { length: 12 } }],
    ['/attempts', { token: OPERATORS }],
    ['/attempts', { token: ['a', 'b'] }],
    ['/attempts', []],
    ['/attempts', { token: 1e308 }],
  ])('POST %s %j: 422', async (path, body) => {
    expect(await problemOf(await post(path, JSON.stringify(body)))).toMatchObject({
      status: 422,
      code: 'validation_failed',
    });
  });

  it.each([
    ['null', 422],
    ['"text"', 422],
    ['1e999', 422],
    ['[]', 422],
    ['{"__proto__":{"email":"a@example.com"}}', 422],
    ['{"constructor":{"prototype":{"isAdmin":true}}}', 422],
    [`{"email":"${'a'.repeat(5000)}@example.com","password":"x"}`, 422],
    [deep(10_000), 422],
    [`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`, 422],
    ['[', 400],
    ['{"email":', 400],
    ["{'email':'x'}", 400],
    ['', 400],
    [' '.repeat(70_000), 413],
  ])('number %#', async (body, status) => {
    for (const path of ['/auth/login', '/attempts']) {
      expect((await problemOf(await post(path, body))).status).toBe(status);
    }
    expect(({} as Record<string, unknown>)['email']).toBeUndefined();
  });

  it('refuses a deep value in a batch, where bodies may be large', async () => {
    const event = withMetadata(deep(300_000));
    const response = await post('/events/batch', `{"events":[${event}]}`, {
      authorization: `Bearer ${candidate.token}`,
    });
    expect((await problemOf(response)).status).toBe(422);
  });

  it.each([
    [`${'{"a":'.repeat(9)}1${'}'.repeat(9)}`, 'deeper than 8 levels'],
    ['{"a\\u0000b":1}', 'a key with a zero byte'],
    ['[1]', 'a list'],
    ['"text"', 'a text'],
  ])('refuses metadata that is %s (%s)', async (metadata) => {
    expect((await problemOf(await postEvent(withMetadata(metadata)))).status).toBe(422);
  });

  it('keeps operators and prototype names in metadata as what was observed, and does nothing with them', async () => {
    const metadata = '{"$where":"sleep(1e9)","$set":{"status":"completed"},"a.b":1,"constructor":1}';
    const [ack] = [await postEvent(withMetadata(metadata))];
    expect(ack.status).toBe(201);
    const stored = (await candidate.log()).at(-1);
    expect(stored?.metadata).toEqual(JSON.parse(metadata));
    expect(await candidate.get()).toMatchObject({ status: 'in_progress' });
  });

  it('does not quote a body that it cannot read', async () => {
    const problem = await problemOf(await post('/auth/login', '{"password": "hunter2hunter2" oops'));
    expect(JSON.stringify(problem)).not.toContain('hunter2');
  });
});

describe('content types and encodings', () => {
  it.each<[Record<string, string>, number]>([
    [{ 'content-type': 'text/plain' }, 415],
    [{ 'content-type': 'application/x-www-form-urlencoded' }, 415],
    [{ 'content-type': 'multipart/form-data; boundary=x' }, 415],
    [{ 'content-type': 'application/json; charset=utf-16' }, 415],
    [{ 'content-encoding': 'gzip' }, 415],
    [{ 'content-encoding': 'br' }, 415],
    [{ 'content-type': '' }, 415],
    [{ 'content-type': 'application/json; charset="' }, 401],
    [{ 'content-type': 'application/json; charset=UTF-8' }, 401],
  ])('%j: %i', async (headers, status) => {
    const body = JSON.stringify({ email: 'a@example.com', password: 'x' });
    expect((await problemOf(await post('/auth/login', body, headers))).status).toBe(status);
  });

  it('refuses what is not UTF-8', async () => {
    const bytes = Buffer.concat([
      Buffer.from('{"token":"'),
      Buffer.from([0xc3, 0x28, 0xff]),
      Buffer.from('"}'),
    ]);
    expect((await problemOf(await post('/attempts', bytes))).status).toBe(400);
  });
});

describe('query strings and paths', () => {
  it.each([
    '/attempts?limit=1&limit=2',
    '/attempts?limit[$gt]=1',
    '/attempts?limit=-1',
    '/attempts?limit=1e1',
    '/attempts?limit=',
    '/attempts?limit=201',
    '/attempts?status=open',
    '/attempts?status[]=pending',
    '/attempts?user_id=%24ne',
    '/attempts?unknown=1',
    '/attempts?cursor=%E0%A4%A',
    '/attempts?cursor=W10',
    '/attempts?cursor=W3siJGd0IjoiIn0seyIkZ3QiOiIifV0',
    '/attempts?from=yesterday',
    '/attempts?from=2025-02-30T00:00:00Z',
    '/tokens?state=stolen',
    '/tokens?__proto__=1',
    '/tasks?is_active=1',
    '/audit?limit=9999999999999999999999',
    `/attempts/${candidate.attempt_id}/events?after=-1`,
    `/attempts/${candidate.attempt_id}/events?limit=1&limit=2`,
    `/attempts/${candidate.attempt_id}/metrics/`,
    '/attempts/%E0%A4%A',
    '/attempts/%00',
    '/attempts/..%2f..%2fetc%2fpasswd',
    '/tasks/$where',
    '/tasks/__proto__',
    '/users/constructor/profile',
    `/tokens/${'%41'.repeat(300)}/validate`,
    '/tokens/%/validate',
    '/tokens/%00/validate',
    '/../../etc/passwd',
    '//',
    '/%',
  ])('GET %s: refused in order', async (path) => {
    const response = await admin.send('GET', path);
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });
});

it.each(['{}', 'null', '"x"', '1', '[null]', '[1]', '[[]]'])(
  'events that are %s where an event or a batch should be: 422',
  async (events) => {
    for (const path of ['/events', '/events/batch']) {
      const headers = { authorization: `Bearer ${candidate.token}` };
      const answer = await post(path, `{"events":${events}}`, headers);
      expect([201, 422], path).toContain(answer.status);
    }
  },
);

describe('what is hardly HTTP', () => {
  const UPGRADE = {
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  };

  it.each(['http://[', 'http://a:99999/healthz', 'http://', '*', 'ftp://a/healthz', 'healthz'])(
    'refuses the target %s, of an upgrade as well',
    async (target) => {
      expect((await sendRaw(url, request(`GET ${target}`))).status).toBe(400);
      expect((await sendRaw(url, request(`GET ${target}`, UPGRADE))).status).toBe(400);
    },
  );

  it.each(['//a@[', 'http://h//a@[', '///a@[/ws/attempts/x'])(
    'survives the target %s, which koa-websocket cannot read, of an upgrade as well',
    async (target) => {
      await sendRaw(url, request(`GET ${target}`));
      await sendRaw(url, request(`GET ${target}`, UPGRADE));
      expect((await api.send('GET', '/auth/me')).status).toBe(401);
    },
  );

  it('takes a whole URL as the target', async () => {
    expect((await sendRaw(url, request('GET http://example.com/healthz'))).status).toBe(200);
  });

  it.each([
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['a header with a zero byte', request('GET /healthz', { 'X-Bad': 'a\0b' }), 400],
    [
      'a length and chunks',
      request('POST /api/v1/attempts', { 'Content-Length': '5', 'Transfer-Encoding': 'chunked' }),
      400,
    ],
    ['a length that is none', request('POST /api/v1/attempts', { 'Content-Length': '-1' }), 400],
    ['headers of 20 KB', request('GET /healthz', { 'X-Long': 'a'.repeat(20_000) }), 431],
  ])('answers %s with problem details', async (_, bytes, status) => {
    const answer = await sendRaw(url, bytes);
    expect(answer.status).toBe(status);
    expect(answer.headers).toContain('application/problem+json');
    expect(JSON.parse(answer.body)).toMatchObject({ status });
  });

  it('survives upgrades to something else, and peers that go away in the middle', async () => {
    // An upgrade that the server does not know is ignored (RFC 9110, section 7.8), and the request answered.
    expect((await sendRaw(url, request('GET /healthz', { ...UPGRADE, Upgrade: 'tls/1.0' }))).status).toBe(
      200,
    );
    const foreign = request('GET /ws/attempts/x', { ...UPGRADE, Origin: 'https://evil.example' });
    expect((await sendRaw(url, foreign)).status).toBe(403);
    await Promise.all(Array.from({ length: 50 }, () => sendAndReset(url, foreign)));
    await Promise.all(Array.from({ length: 50 }, () => sendAndReset(url, request('GET /ws/x', UPGRADE))));
    expect((await api.send('GET', '/auth/me')).status).toBe(401);
  });
});
