import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createTask } from '../support/assessment.ts';
import { atTheEnd } from '../support/at-the-end.ts';
import { admitCandidate } from '../support/candidate.ts';
import { eventually } from '../support/eventually.ts';
import { closing } from '../support/live-watcher.ts';
import { request, sendRaw } from '../support/raw-request.ts';
import { starts } from '../support/recorded.ts';
import { startTestServer } from '../support/server.ts';

const { admin, api, url } = await startTestServer();
const candidate = await admitCandidate(admin, api, await createTask(admin));

const HANDSHAKE = { 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==' };
const asking = (protocol: string) => ({ Upgrade: protocol, Connection: 'Upgrade' });
const H2C = { ...asking('h2c'), 'HTTP2-Settings': 'AAMAAABkAARAAAAAAAIAAAAA' };

/** A connection, and what is heard on it. */
function open() {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const connection = { socket, heard: '' };
  socket.on('data', (data) => {
    connection.heard += data.toString('latin1');
  });
  atTheEnd(() => void socket.destroy());
  return connection;
}

describe('a wish for another protocol is ignored', () => {
  it.each(['h2c', 'tls/1.0', 'HTTP/2.0', 'foo, bar', 'websocketx', 'x-websocket', ''])(
    'Upgrade: %s',
    async (protocol) => {
      const answer = await sendRaw(url, request('GET /healthz', asking(protocol)));
      expect(answer.status).toBe(200);
      expect(answer.headers).not.toMatch(/^upgrade:/im);
      expect(JSON.parse(answer.body)).toMatchObject({ status: 'up' });
    },
  );

  it('in the path of a socket, too, which is no resource without one', async () => {
    const answer = await sendRaw(url, request(`GET /ws/attempts/${candidate.attempt_id}`, H2C));
    expect(answer.status).toBe(404);
  });

  it('with a body, which is taken whole', async () => {
    const body = JSON.stringify(candidate.body(starts(0)));
    const headers = {
      ...H2C,
      Authorization: `Bearer ${candidate.token}`,
      'Content-Type': 'application/json',
      'Content-Length': String(body.length),
    };
    const whole = request('POST /api/v1/events', headers, body);
    expect((await sendRaw(url, whole)).status).toBe(201);
    expect(await candidate.log()).toHaveLength(1);
    // In pieces it is the same.
    const second = await sendRaw(url, whole.slice(0, -body.length), body.slice(0, 9), body.slice(9));
    expect(second.status).toBe(409);
  });

  it('without giving anything to who is nobody', async () => {
    const answer = await sendRaw(url, request('GET /api/v1/attempts', H2C));
    expect(answer.status).toBe(401);
  });

  describe('for each request on a connection', () => {
    const WISH =
      'Connection: keep-alive, Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA\r\n';
    const ONE = `GET /healthz HTTP/1.1\r\nHost: localhost\r\n${WISH}\r\n`;
    const answersIn = (heard: string) => heard.split('HTTP/1.1 200 ').length - 1;

    it('one after the other, and nothing piles up', async () => {
      const warnings: Error[] = [];
      const note = (warning: Error) => warnings.push(warning);
      process.on('warning', note);
      const connection = open();
      for (let sent = 1; sent <= 20; sent += 1) {
        connection.socket.write(ONE);
        await eventually(() => expect(answersIn(connection.heard)).toBe(sent));
      }
      process.off('warning', note);
      expect(warnings).toEqual([]);
    });

    it('all at once', async () => {
      const connection = open();
      connection.socket.write(ONE.repeat(5));
      await eventually(() => expect(answersIn(connection.heard)).toBe(5));
    });
  });
});

describe('a wish for WebSocket', () => {
  it.each(['websocket', 'WebSocket', 'h2c, websocket'])('is granted: Upgrade: %s', async (protocol) => {
    const connection = open();
    const path = `/ws/attempts/${candidate.attempt_id}?token=${candidate.token}`;
    const headers = Object.entries({ ...asking(protocol), ...HANDSHAKE }).map(
      ([name, value]) => `${name}: ${value}`,
    );
    connection.socket.write([`GET ${path} HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n'));
    await eventually(() => {
      expect(connection.heard).toMatch(/^HTTP\/1\.1 101 /);
      expect(connection.heard).toContain('"type":"attempt_state"');
    });
  });

  it.each(['/', '/ws', '/ws/', '/ws/attempts', '/ws/attempts/', '/ws/other/x', '/api/v1/events', '/healthz'])(
    'for %s: closed with a reason that says where to connect',
    async (path) => {
      const socket = new WebSocket(`${url.replace('http', 'ws')}${path}?token=${candidate.token}`);
      expect(await closing(socket)).toEqual({ code: 4404, reason: 'Connect to /ws/attempts/{attempt_id}.' });
    },
  );

  it.each([
    ['no version', { 'Sec-WebSocket-Version': '' }, 400],
    ['an old version', { 'Sec-WebSocket-Version': '7' }, 400],
    ['no key', { 'Sec-WebSocket-Key': '' }, 400],
  ])('with %s is refused', async (_, wrong, status) => {
    const path = `/ws/attempts/${candidate.attempt_id}?token=${candidate.token}`;
    const answer = await sendRaw(
      url,
      request(`GET ${path}`, { ...asking('websocket'), ...HANDSHAKE, ...wrong }),
    );
    expect(answer.status).toBe(status);
  });
});
