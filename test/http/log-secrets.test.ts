import { describe, expect, it } from 'vitest';
import { createLog } from '../../src/log.ts';
import { ApiClient } from '../../src/tools/api-client.ts';
import { PASSWORD } from '../support/accounts.ts';
import { ADMIN } from '../support/administrator.ts';
import { createTask, issueTokens } from '../support/assessment.ts';
import { Candidate, redeem } from '../support/candidate.ts';
import { sharedDatabase } from '../support/database.ts';
import { closing, watch } from '../support/live-watcher.ts';
import { completes, selects, starts, submitsReasoning } from '../support/recorded.ts';
import { FROM_SOURCE, startServerProcess } from '../support/server-process.ts';

const JWT_SECRET = 'the secret of the log tests, over 32 bytes';
const REASONING = 'Because the zeppelin was late, therefore I waited.';

interface Session {
  access_token: string;
  refresh_token: string;
}

it('a whole assessment at level trace leaves no secret in what the server prints', async () => {
  const server = await startServerProcess(
    {
      ...sharedDatabase(),
      JWT_SECRET,
      NODE_ENV: 'development',
      RATE_LIMITS: 'on',
      LOG_LEVEL: 'trace',
    },
    FROM_SOURCE,
  );
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
  const candidate = new Candidate(api, await redeem(api, one?.token ?? '', task));
  secrets.push(candidate.token);
  // Refused requests are more likely to be logged than successful ones.
  await api.send('GET', `/tokens/${one?.token}/validate`);
  await api.send('POST', '/attempts', { token: one?.token });
  await api.send('GET', `/nothing/${unused?.token}?token=${candidate.token}`);
  await api.send('POST', `/tokens/${unused?.token}/validate`, { text: REASONING });

  const watcher = await watch(candidate.api, candidate.attempt_id);
  await closing(candidate.api.watch(tokens[1]?.attempt_id ?? ''));
  await candidate.does(starts(0), selects(0, 'A'), submitsReasoning(0, REASONING));
  await candidate.post(selects(0, 'B'), { metadata: { text: REASONING, deep: [[[[[[[[[[1]]]]]]]]]] } });
  await candidate.does(completes(0, 'A'));
  await candidate.results('skills');
  await admin.call('GET', `/users/${candidate.user_id}/profile`);
  await watcher.close();

  await server.terminate();
  const printed = server.output;
  expect(printed).toContain('"route":"/api/v1/tokens/:token/validate"');
  for (const secret of secrets) expect(printed).not.toContain(secret);
  expect(printed).not.toContain('zeppelin');
  // The stored hashes are not logged either.
  expect(printed).not.toMatch(/argon2|token_hash/);
});

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
