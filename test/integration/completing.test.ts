import { describe, expect, it } from 'vitest';
import { createTask } from '../support/assessment.ts';
import { admitCandidate } from '../support/candidate.ts';
import { problemOf } from '../support/problem.ts';
import { request, sendRaw } from '../support/raw-request.ts';
import { changes, selects, starts } from '../support/recorded.ts';
import { startTestServer } from '../support/server.ts';

/*
 * POST /attempts/{id}/complete: the same as posting task_completed with the current selection.
 */
const server = await startTestServer();
const task = await createTask(server.admin);

/** A candidate whose clock is `aheadMs` ahead and who has selected B. */
async function decided(aheadMs = 0) {
  const candidate = await admitCandidate(server.admin, server.api, task);
  for (const step of [starts(0), selects(0, 'A'), changes(0, 'A', 'B')]) {
    const timestamp_client = new Date(Date.now() + aheadMs).toISOString();
    await candidate.post(step, { timestamp_client });
  }
  const path = `/attempts/${candidate.attempt_id}/complete`;
  return { candidate, path, complete: (body?: object) => candidate.api.send('POST', path, body) };
}

const idOf = (code: string) => task.options.find(({ option_code }) => option_code === code)?.option_id;

describe('given a final option in the body', () => {
  it.each([
    ['its id', { final_option_id: idOf('A') }],
    ['its code', { final_option_code: 'A' }],
    ['both', { final_option_id: idOf('A'), final_option_code: 'A' }],
  ])('that is not selected, named by %s, then nothing is stored', async (_, body) => {
    const { candidate, complete } = await decided();
    expect(await problemOf(await complete(body))).toMatchObject({
      status: 409,
      code: 'sequence_violation',
      state: { active: expect.anything() },
      allowed_events: expect.arrayContaining(['task_completed']),
    });
    expect(await candidate.log()).toHaveLength(3);
  });

  it.each([
    ['its id', { final_option_id: idOf('B') }],
    ['its code', { final_option_code: 'B' }],
    ['both', { final_option_id: idOf('B'), final_option_code: 'B' }],
  ])('that is selected, named by %s, then the attempt is completed', async (_, body) => {
    const { candidate, complete } = await decided();
    expect((await complete(body)).status).toBe(201);
    expect((await candidate.log()).at(-1)?.payload).toEqual({
      final_option_id: idOf('B'),
      final_option_code: 'B',
    });
  });

  it.each([
    ['an option of another task', { final_option_id: 'f'.repeat(24) }],
    ['an id with the code of another option', { final_option_id: idOf('B'), final_option_code: 'A' }],
    ['a code that no option has', { final_option_code: 'Z' }],
  ])('that is %s, then it is refused as in an event', async (_, body) => {
    const { candidate, complete } = await decided();
    expect(await problemOf(await complete(body))).toMatchObject({ status: 422, code: 'validation_failed' });
    expect(await candidate.log()).toHaveLength(3);
  });
});

it.each<[string, Record<string, string>, string]>([
  ['no body', {}, ''],
  ['a length of 0', { 'Content-Length': '0' }, ''],
  ['a length of 0 and a type', { 'Content-Length': '0', 'Content-Type': 'application/json' }, ''],
  ['a length of 0 and another type', { 'Content-Length': '0', 'Content-Type': 'text/plain' }, ''],
  ['no chunks', { 'Transfer-Encoding': 'chunked' }, '0\r\n\r\n'],
  [
    'no chunks and a type',
    { 'Transfer-Encoding': 'chunked', 'Content-Type': 'application/json' },
    '0\r\n\r\n',
  ],
])('given %s, then that is as good as {}', async (_, headers, body) => {
  const { candidate, path } = await decided();
  const authorization = `Bearer ${candidate.token}`;
  const bytes = request(`POST /api/v1${path}`, { Authorization: authorization, ...headers }, body);
  expect(await sendRaw(server.url, bytes)).toMatchObject({ status: 201 });
});

it.each([-3_600_000, -2500, 0, 3000])(
  'given a front end whose clock is %i ms ahead and that sends no time, then its own intervals stay true',
  async (aheadMs) => {
    const { candidate, complete } = await decided(aheadMs);
    expect((await complete()).status).toBe(201);
    const [selected, completed] = (await candidate.log()).slice(-2);
    const between = (clock: 'timestamp_client' | 'timestamp_server') =>
      (completed?.[clock].getTime() ?? 0) - (selected?.[clock].getTime() ?? 0);
    expect(between('timestamp_client')).toBe(between('timestamp_server'));
    const { quality_flags } = await candidate.results<{ quality_flags: string[] }>('metrics');
    expect(quality_flags).not.toContain('clock_skew');
  },
);
