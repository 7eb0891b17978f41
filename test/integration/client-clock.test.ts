import { describe, expect, it } from 'vitest';
import { createTask } from '../support/assessment.ts';
import { admitCandidate, type Candidate } from '../support/candidate.ts';
import { sharedDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { problemOf } from '../support/problem.ts';
import { completes, type Step, selects, starts, submitsReasoning, views } from '../support/recorded.ts';
import { startTestServer } from '../support/server.ts';

/*
 * Front ends whose clock is wrong. With CLIENT_CLOCK=corrected a constant difference of the two clocks is taken off.
 */
const HOUR = 3_600_000;
const shared = { ...sharedDatabase(), JWT_SECRET: 'a secret that all servers of this file share' };
const corrected = { ...shared, CLIENT_CLOCK: 'corrected' };
const strict = await startTestServer(shared);
const one = await startTestServer(corrected);
const two = await startTestServer(corrected);
const task = await createTask(one.admin);

const at = (aheadMs: number) => ({ timestamp_client: new Date(Date.now() + aheadMs).toISOString() });

async function postsAhead(candidate: Candidate, aheadMs: number, ...steps: Step[]): Promise<number[]> {
  const statuses: number[] = [];
  for (const step of steps) statuses.push((await candidate.post(step, at(aheadMs))).status);
  return statuses;
}

interface Seen {
  client_clock_ahead_ms: number | null;
}

describe('given the strict rule and a clock that is an hour ahead', () => {
  it('then the refusal has the server’s time, with which the front end can correct itself', async () => {
    const candidate = await admitCandidate(strict.admin, strict.api, task);
    const before = Date.now();
    const { server_time = '' } = await problemOf(await candidate.post(starts(0), at(HOUR)));
    expect(server_time).toBe(new Date(server_time).toISOString());
    expect(new Date(server_time).getTime()).toBeGreaterThanOrEqual(before);
    expect(new Date(server_time).getTime()).toBeLessThanOrEqual(Date.now());
    const batch = { events: [candidate.body(starts(0), at(HOUR))] };
    const { results } = await candidate.api.call<{ results: object[] }>('POST', '/events/batch', batch);
    expect(results[0]).toMatchObject({ status: 422, server_time: expect.stringMatching(/Z$/) });
  });

  it('then staff see it in the attempt and in the list, though nothing was recorded', async () => {
    const candidate = await admitCandidate(strict.admin, strict.api, task);
    const right = await admitCandidate(strict.admin, strict.api, task);
    expect(await postsAhead(candidate, HOUR, starts(0), views(0, 'A', 1))).toEqual([422, 422]);
    await eventually(async () => {
      const seen = await strict.admin.call<Seen>('GET', `/attempts/${candidate.attempt_id}`);
      expect(seen).toMatchObject({ status: 'pending', sequence_number: 0 });
      expect(seen.client_clock_ahead_ms).toBeGreaterThan(HOUR - 60_000);
    });
    const { attempts } = await one.admin.call<{ attempts: (Seen & { attempt_id: string })[] }>(
      'GET',
      `/attempts?user_id=${candidate.user_id}`,
    );
    expect(attempts[0]?.client_clock_ahead_ms).toBeGreaterThan(HOUR - 60_000);
    expect(await strict.admin.call('GET', `/attempts/${right.attempt_id}`)).toMatchObject({
      client_clock_ahead_ms: null,
    });
    expect(await candidate.get()).not.toHaveProperty('client_clock_ahead_ms');
  });
});

describe('given the corrected rule', () => {
  it('and a clock an hour ahead, then the attempt goes on in any process, and its record says so', async () => {
    const here = await admitCandidate(one.admin, one.api, task);
    const there = here.at(two);
    expect(await postsAhead(here, HOUR, starts(0), views(0, 'A', 1))).toEqual([201, 201]);
    expect(await postsAhead(there, HOUR, selects(0, 'A'))).toEqual([201]);
    // A server that knows only the journal, as after a restart.
    const later = await startTestServer(corrected);
    expect(await postsAhead(here.at(later), HOUR, completes(0, 'A'))).toEqual([201]);
    const log = await here.log();
    for (const event of log) {
      expect(event.client_clock_corrected).toBe(true);
      const difference = event.timestamp_client.getTime() - event.timestamp_server.getTime();
      expect(Math.abs(difference - HOUR)).toBeLessThan(60_000);
    }
    const { quality_flags } = await here.results<{ quality_flags: string[] }>('metrics');
    expect(quality_flags).toContain('client_clock_corrected');
    expect(quality_flags).not.toContain('clock_skew');
  });

  it('and events that were held back and arrive together, then they are all taken', async () => {
    const candidate = await admitCandidate(one.admin, one.api, task);
    const events = [starts(0), selects(0, 'A'), completes(0, 'A')].map((step, n) =>
      candidate.body(step, at(HOUR - 3000 + n * 1000)),
    );
    const { results } = await candidate.api.call<{ results: object[] }>('POST', '/events/batch', { events });
    expect(results).toMatchObject(events.map(() => ({ acknowledged: true })));
  });

  it('and a clock that jumps ahead after the first event, then later events are refused', async () => {
    const candidate = await admitCandidate(one.admin, one.api, task);
    expect(await postsAhead(candidate, HOUR, starts(0))).toEqual([201]);
    const refusal = await problemOf(await candidate.post(views(0, 'A', 1), at(3 * HOUR)));
    expect(refusal).toMatchObject({ status: 422, server_time: expect.any(String) });
  });

  it('and a clock that is right, then nothing is flagged', async () => {
    const candidate = await admitCandidate(one.admin, one.api, task);
    await candidate.does(starts(0), selects(0, 'A'), completes(0, 'A'));
    for (const event of await candidate.log()) expect(event).not.toHaveProperty('client_clock_corrected');
    const { quality_flags } = await candidate.results<{ quality_flags: string[] }>('metrics');
    expect(quality_flags).not.toContain('client_clock_corrected');
  });
});

it('GET /attempts/{id} has all that a front end needs after a reload, on whichever server', async () => {
  const here = await admitCandidate(one.admin, one.api, task);
  const path = `/attempts/${here.attempt_id}`;
  const beginning = await here.api.call<Record<string, unknown>>('GET', path);
  expect(beginning).toMatchObject({ current_selection: null, last_event_at: null, reasoning_text: null });
  await here.does(starts(0), selects(0, 'B'));
  const [submitted] = await here.does(submitsReasoning(0, 'It is the safest.'));
  const standing = {
    current_selection: { option_code: 'B' },
    reasoning_text: 'It is the safest.',
    last_event_at: submitted?.timestamp_server,
    expires_at: beginning['expires_at'],
    server_time: expect.stringMatching(/Z$/),
  };
  for (const { url } of [one, two]) {
    expect(await here.at({ url }).api.call('GET', path)).toMatchObject(standing);
  }
  const [completed] = await here.does(completes(0, 'B'));
  await here.locked();
  const afterRestart = await startTestServer(corrected);
  expect(await here.at(afterRestart).api.call('GET', path)).toMatchObject({
    ...standing,
    last_event_at: completed?.timestamp_server,
  });
});
