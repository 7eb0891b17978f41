import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, inject, it } from 'vitest';
import { createLog } from '../../src/log.ts';
import { ApiClient } from '../../src/tools/api-client.ts';
import { Candidate, createTask, issueTokens } from '../integration/candidate.ts';
import { completes, selects, starts, submitsReasoning } from '../support/recorded.ts';

const JWT_SECRET = 'the secret of the log tests, over 32 bytes';
const ADMIN = { email: 'admin@example.com', password: 'correct horse battery staple' };
const PASSWORD = 'harbour-violin-7-moss';
const REASONING = 'Because the zeppelin was late, therefore I waited.';

/** The server as a process of its own, with everything that it ever prints. */
async function startProcess() {
  const directory = await mkdtemp(join(tmpdir(), 'log-test-'));
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts'], {
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      MONGODB_URI: inject('mongodbUri'),
      MONGODB_DATABASE: `test_${randomUUID()}`,
      DATA_DIR: directory,
      JWT_SECRET,
      ADMIN_EMAIL: ADMIN.email,
      ADMIN_PASSWORD: ADMIN.password,
      LOG_LEVEL: 'trace',
    },
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      printed += String(data);
    });
  }
  const address = () => /Listening on (\S+)/.exec(printed)?.[1];
  while (!address() && child.exitCode === null) await setTimeout(20);
  return {
    url: address() ?? '',
    /** Ends the process. @returns what it printed */
    async stop(): Promise<string> {
      child.kill('SIGTERM');
      await once(child, 'exit');
      await rm(directory, { recursive: true, force: true });
      return printed;
    },
  };
}

interface Session {
  access_token: string;
  refresh_token: string;
}

it('a whole assessment at level trace leaves no secret in what the server prints', async () => {
  const server = await startProcess();
  const api = new ApiClient(server.url);
  const secrets: string[] = [JWT_SECRET, ADMIN.password, PASSWORD, REASONING];
  const logIn = async (path: string, body: object) => {
    const session = await api.call<Session>('POST', path, body);
    secrets.push(session.access_token, session.refresh_token);
    return session;
  };
  const admin = api.as((await logIn('/auth/login', ADMIN)).access_token);
  const person = { email: 'ada@example.com', password: PASSWORD };
  const { refresh_token } = await logIn('/auth/register', person);
  await logIn('/auth/refresh', { refresh_token });
  await api.send('POST', '/auth/refresh', { refresh_token });
  await api.send('POST', '/auth/login', { ...person, password: 'a wrong passphrase' });
  secrets.push('a wrong passphrase');

  const task = await createTask(admin);
  const tokens = await issueTokens(admin, task, { count: 3 });
  secrets.push(...tokens.map(({ token }) => token));
  const [one, unused] = tokens;
  await api.call('GET', `/tokens/${one?.token}/validate`);
  const { attempt, access_token } = await api.call<{
    attempt: { attempt_id: string; user_id: string };
    access_token: string;
  }>('POST', '/attempts', { token: one?.token });
  secrets.push(access_token);
  // What is refused tempts more to be logged than what goes well.
  await api.send('GET', `/tokens/${one?.token}/validate`);
  await api.send('POST', '/attempts', { token: one?.token });
  await api.send('GET', `/nothing/${unused?.token}?token=${access_token}`);
  await api.send('POST', `/tokens/${unused?.token}/validate`, { text: REASONING });

  const candidate = new Candidate(api.as(access_token), task, attempt);
  const socket = candidate.api.watch(candidate.attempt_id);
  await once(socket, 'message');
  const stranger = api.as(access_token).watch(tokens[1]?.attempt_id ?? '');
  await once(stranger, 'close');
  await candidate.does(starts(0), selects(0, 'A'), submitsReasoning(0, REASONING));
  await candidate.post(selects(0, 'B'), { metadata: { text: REASONING, deep: [[[[[[[[[[1]]]]]]]]]] } });
  await candidate.does(completes(0, 'A'));
  await candidate.results('skills');
  await admin.call('GET', `/users/${candidate.user_id}/profile`);
  socket.close();

  const printed = await server.stop();
  expect(printed).toContain('"route":"/api/v1/tokens/:token/validate"');
  for (const secret of secrets) expect(printed).not.toContain(secret);
  expect(printed).not.toContain('zeppelin');
  // Neither is what is stored of them.
  expect(printed).not.toMatch(/argon2|token_hash/);
}, 60_000);

describe('the log', () => {
  function logged(write: (log: ReturnType<typeof createLog>) => void): string {
    const lines: string[] = [];
    write(createLog('trace', { write: (line) => void lines.push(line) }));
    return lines.join('');
  }
  const token = `${'Ab3-'.repeat(10)}xyz`;
  const jwt = `eyJ${'a'.repeat(20)}.eyJ${'b'.repeat(20)}.${'c'.repeat(43)}`;

  it.each<[string, (log: ReturnType<typeof createLog>) => void]>([
    ['a field', (log) => log.info({ token: 'hush', event: { payload: { text: 'hush' } } }, 'x')],
    ['a message', (log) => log.info(`GET /api/v1/tokens/${token}/validate with ${jwt}`)],
    ['a query string', (log) => log.info({ url: '/ws/attempts/x?since=1&token=hush' })],
    ['a connection string', (log) => log.info({ uri: 'mongodb://user:hush@host/db' })],
    ['an error message', (log) => log.error(new Error(`no attempt for ${token}`))],
    [
      'what a driver error carries along',
      (log) =>
        log.error(
          Object.assign(new Error('E11000 … dup key: { client_event_id: "hush" }'), {
            writeErrors: [{ op: { payload: { text: 'hush' } } }],
            errInfo: { details: 'hush' },
            cause: Object.assign(new Error('inner'), { document: { reasoning_text: 'hush' } }),
          }),
        ),
    ],
  ])('hides a secret in %s', (_, write) => {
    const line = logged(write);
    expect(line).not.toBe('');
    for (const secret of ['hush', token, jwt]) expect(line).not.toContain(secret);
  });

  it('keeps what helps to mend an error', () => {
    const cause = Object.assign(new Error('the disk is full'), { code: 'ENOSPC' });
    const line = logged((log) => log.error({ err: new TypeError('broken', { cause }) }, 'Something failed'));
    expect(JSON.parse(line)).toMatchObject({
      msg: 'Something failed',
      err: {
        type: 'TypeError',
        message: 'broken',
        stack: expect.stringContaining('log-secrets.test'),
        cause: { message: 'the disk is full', code: 'ENOSPC' },
      },
    });
  });
});
