import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { ConfigurationError, readConfig } from '../../src/config.ts';
import { Origins } from '../../src/http/origins.ts';
import { SERVER_OPTIONS } from '../../src/http/server-options.ts';
import { createTask, issueTokens } from '../support/assessment.ts';
import { problemOf } from '../support/problem.ts';
import { request, sendRaw } from '../support/raw-request.ts';
import { ADMIN, startTestServer } from '../support/server.ts';

const ORIGIN = 'https://assess.example.com';
/** Of apps: Capacitor, Ionic, Tauri, Electron and browser extensions. */
const APP_ORIGINS = [
  'capacitor://localhost',
  'ionic://localhost',
  'tauri://localhost',
  'app://-',
  'app://localhost:8080',
  'chrome-extension://aapbdbdomjkkjkaonfhkkikfgjllcleb',
  'safari-web-extension://E164D7BA-0A1C-4B0F-8A62-25A5F4E1B3C6',
];
const { admin, api, url } = await startTestServer({ CORS_ORIGINS: [ORIGIN, ...APP_ORIGINS].join(', ') });
const task = await createTask(admin);
const ask = (method: string, path: string, headers: Record<string, string> = {}) =>
  fetch(url + path, { method, headers });

describe('methods', () => {
  it('an unknown path is 404, whatever the method', async () => {
    for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS']) {
      expect((await problemOf(await ask(method, '/api/v1/nothing'))).code).toBe('not_found');
    }
  });

  it.each([
    ['DELETE', '/api/v1/events', 'POST'],
    ['GET', '/api/v1/events', 'POST'],
    ['PATCH', `/api/v1/tasks/${task.task_id}`, 'GET, HEAD, PUT'],
    ['DELETE', '/api/v1/audit', 'GET, HEAD'],
    ['PUT', '/api/v1/audit', 'GET, HEAD'],
  ])('%s %s is 405 and names what it takes', async (method, path, allowed) => {
    const response = await ask(method, path);
    expect(response.headers.get('allow')?.split(', ').toSorted().join(', ')).toBe(allowed);
    expect(await problemOf(response)).toMatchObject({ status: 405, code: 'method_not_allowed' });
  });

  it('HEAD says what GET would, without a body', async () => {
    const response = await ask('HEAD', '/healthz');
    expect([response.status, await response.text()]).toEqual([200, '']);
    expect((await ask('HEAD', '/api/v1/tasks')).status).toBe(401);
  });

  it('OPTIONS names what a path takes', async () => {
    const response = await ask('OPTIONS', '/api/v1/attempts');
    expect(response.status).toBe(204);
    expect(response.headers.get('allow')).toContain('GET');
    expect(response.headers.get('allow')).toContain('POST');
  });
});

describe('headers', () => {
  it('no answer of the API is kept by a cache, and none says what made it', async () => {
    for (const path of ['/api/v1/auth/me', '/api/v1/tasks', '/api/v1/nothing']) {
      const { headers } = await admin.send('GET', path.replace('/api/v1', ''));
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('strict-transport-security')).toBeTruthy();
      expect(headers.get('content-security-policy')).toBeTruthy();
      expect(headers.get('x-powered-by')).toBeNull();
    }
    const login = await api.send('POST', '/auth/login', ADMIN);
    expect(login.headers.get('cache-control')).toBe('no-store');
  });

  it('pages of configured origins may read answers, and others may not', async () => {
    const preflight = {
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
    };
    const ours = await ask('OPTIONS', '/api/v1/events', { origin: ORIGIN, ...preflight });
    expect(ours.status).toBe(204);
    expect(ours.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(
      (await ask('GET', '/api/v1/auth/me', { origin: ORIGIN })).headers.get('access-control-allow-origin'),
    ).toBe(ORIGIN);
    for (const origin of ['https://evil.example', `${ORIGIN}.evil.example`, 'null']) {
      const theirs = await ask('OPTIONS', '/api/v1/events', { origin, ...preflight });
      expect(theirs.headers.get('access-control-allow-origin')).toBeNull();
    }
  });
});

describe('origins', () => {
  /** The status of a handshake on the live channel as a page of `origin` asks for it. */
  const upgrade = async (origin: string, host = 'localhost') => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws/attempts/${'f'.repeat(24)}?token=x`, {
      headers: { origin, host },
    });
    const status = await Promise.race([
      once(socket, 'open').then(() => 101),
      once(socket, 'unexpected-response').then(([, response]) => Number(response.statusCode)),
    ]);
    socket.on('error', () => undefined).terminate();
    return status;
  };
  const allowed = async (origin: string) =>
    (await ask('GET', '/api/v1/auth/me', { origin })).headers.get('access-control-allow-origin');

  it.each([ORIGIN, ...APP_ORIGINS])(
    '%s reads answers and opens sockets when it is configured',
    async (origin) => {
      expect([await allowed(origin), await upgrade(origin)]).toEqual([origin, 101]);
    },
  );

  // The host of the last one is also the server's own.
  it.each(['capacitor://localhost:1', 'capacitor://evil', 'app://', 'file://', 'null', 'evil://localhost'])(
    '%s does neither when it is not',
    async (origin) => {
      expect([await allowed(origin), await upgrade(origin)]).toEqual([null, 403]);
    },
  );

  it.each(['http://localhost:5173', 'https://127.0.0.1', 'http://[::1]:8080', 'http://app.localhost:3001'])(
    '%s, on this computer, needs no setting outside production',
    async (origin) => {
      expect([await allowed(origin), await upgrade(origin)]).toEqual([origin, 101]);
    },
  );

  it.each([
    'http://localhost.example.com',
    'http://127.0.0.1.example.com',
    'http://192.168.0.7:3000',
    'http://0.0.0.0',
  ])('%s is elsewhere', async (origin) => {
    expect([await allowed(origin), await upgrade(origin)]).toEqual([null, 403]);
  });

  it('in production this computer is no exception, and a refused origin is logged once by its name', () => {
    const logged: unknown[] = [];
    const origins = new Origins(
      { corsOrigins: [ORIGIN], production: true },
      { warn: (line: unknown) => logged.push(line) },
    );
    const allows = (origin: string) => origins.allows(origin, 'assess.test');
    expect([allows(ORIGIN), allows('http://localhost:5173'), allows('http://localhost:5173')]).toEqual([
      true,
      false,
      false,
    ]);
    expect(logged).toEqual([{ origin: 'http://localhost:5173' }]);
  });

  it("the server's own pages open sockets", async () => {
    expect(await upgrade('https://own.example', 'own.example')).toBe(101);
  });

  it('pages of configured origins may name the version they edit, and read which one they got', async () => {
    const asked = { 'access-control-request-method': 'PUT', 'access-control-request-headers': 'if-match' };
    const preflight = await ask('OPTIONS', '/api/v1/tasks/x', { origin: ORIGIN, ...asked });
    expect(preflight.headers.get('access-control-allow-headers')).toContain('If-Match');
    const { headers } = await ask('GET', '/api/v1/tasks/x', { origin: ORIGIN });
    expect(headers.get('access-control-expose-headers')).toContain('ETag');
  });

  it.each([
    ['https://example.com/', 'write "https://example.com"'],
    ['https://example.com:443', 'write "https://example.com"'],
    ['capacitor://localhost/index.html', 'write "capacitor://localhost"'],
    ['Capacitor://localhost', 'write "capacitor://localhost"'],
    ['example.com', 'such as https://example.com or capacitor://localhost'],
    ['localhost:3000', 'such as https://example.com or capacitor://localhost'],
    ['null', 'such as https://example.com or capacitor://localhost'],
    ['*', 'such as https://example.com or capacitor://localhost'],
    ['file:///index.html', 'such as https://example.com or capacitor://localhost'],
    ['app://', 'such as https://example.com or capacitor://localhost'],
  ])('%s stops the start, which says what to write', (entry, advice) => {
    const start = () => readConfig({ CORS_ORIGINS: `${ORIGIN},${entry}` });
    expect(start).toThrow(ConfigurationError);
    expect(start).toThrow(`CORS_ORIGINS: "${entry}" is not an origin; `);
    expect(start).toThrow(advice);
  });
});

describe('an assessment token in the path', () => {
  it('is not said again by any answer', async () => {
    const [issued] = await issueTokens(admin, task);
    const token = issued?.token ?? '';
    for (const [method, path] of [
      ['GET', `/tokens/${token}`],
      ['POST', `/tokens/${token}/validate`],
      ['GET', `/tokens/${token}x/validate`],
      ['GET', `/TOKENS/${token}/validate/`],
      ['GET', `//tokens//${token}`],
      ['GET', `/nothing/${token}`],
    ] as const) {
      const text = await (await api.send(method, path)).text();
      expect(text).not.toContain(token);
    }
  });
});

describe('slow requests', () => {
  it('have 10 s for their headers and 30 s for everything', () => {
    expect(SERVER_OPTIONS).toMatchObject({ headersTimeout: 10_000, requestTimeout: 30_000 });
  });

  it('end with 408 when the headers take too long', async () => {
    const answer = await sendRaw(url, 'GET /healthz HTTP/1.1\r\nHost: x\r\n');
    expect(answer.status).toBe(408);
    expect(JSON.parse(answer.body)).toMatchObject({ status: 408, code: 'request_timeout' });
  }, 20_000);

  it('do not keep others waiting', async () => {
    const slow = Array.from({ length: 100 }, () => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined);
      socket.write(
        request(
          'POST /api/v1/auth/login',
          { 'Content-Type': 'application/json', 'Content-Length': '99' },
          '{',
        ),
      );
      return socket;
    });
    expect((await ask('GET', '/readyz')).status).toBe(200);
    for (const socket of slow) socket.destroy();
  });
});
