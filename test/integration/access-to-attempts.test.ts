import { describe, expect, it } from 'vitest';
import type { ApiClient } from '../../src/tools/api-client.ts';
import { hireRecruiter, registerCandidate } from '../support/accounts.ts';
import { createTask, issueToken } from '../support/assessment.ts';
import { admitCandidate, type Candidate } from '../support/candidate.ts';
import { eventually } from '../support/eventually.ts';
import { closing, watch } from '../support/live-watcher.ts';
import { problemOf } from '../support/problem.ts';
import { completes, type Step, selects, starts, views } from '../support/recorded.ts';
import { startTestServer } from '../support/server.ts';

const { admin, api } = await startTestServer();
const task = await createTask(admin);
const UNKNOWN = 'f'.repeat(24);

async function given(...steps: Step[]): Promise<Candidate> {
  const candidate = await admitCandidate(admin, api, task);
  await candidate.does(...steps);
  return candidate;
}

describe('who may', () => {
  it('nobody without credentials', async () => {
    const candidate = await given(starts(0));
    const stranger = candidate.api.as(undefined);
    for (const path of ['', '/events', '/metrics', '/skills']) {
      const response = await stranger.send('GET', `/attempts/${candidate.attempt_id}${path}`);
      expect(await problemOf(response)).toMatchObject({ status: 401, code: 'not_authenticated' });
    }
    for (const credentials of [undefined, 'nonsense', 'a.b.c']) {
      const response = await api.as(credentials).send('POST', '/events', candidate.body(views(0, 'A', 1)));
      expect((await problemOf(response)).status).toBe(401);
    }
    const batch = { events: [candidate.body(views(0, 'A', 1))] };
    expect((await problemOf(await stranger.send('POST', '/events/batch', batch))).status).toBe(401);
  });

  it('no stranger: another candidate’s token or account, and no staff for the candidate', async () => {
    const candidate = await given(starts(0));
    const other = await given(starts(0));
    const account = await registerCandidate(api);
    const refusals = {
      other: { status: 403, code: 'forbidden' },
      account: { status: 404, code: 'not_found' },
    };
    for (const [stranger, refusal] of [
      [other.api, refusals.other],
      [account.api, refusals.account],
    ] as const) {
      for (const path of ['', '/events', '/metrics', '/skills']) {
        const response = await stranger.send('GET', `/attempts/${candidate.attempt_id}${path}`);
        expect(await problemOf(response)).toMatchObject(refusal);
      }
    }
    for (const [stranger, refusal] of [
      [other.api, refusals.other],
      [account.api, refusals.account],
      [await hireRecruiter(admin), refusals.other],
      [admin, refusals.other],
    ] as const) {
      const response = await stranger.send('POST', '/events', candidate.body(views(0, 'A', 1)));
      expect(await problemOf(response)).toMatchObject(refusal);
    }
    expect(await candidate.log()).toHaveLength(1);
  });

  it('a stranger gets one answer for an attempt that does not exist, is not redeemed, or is somebody else’s', async () => {
    const candidate = await given(starts(0));
    const unloaded = await given(starts(0), selects(0, 'A'), completes(0, 'A'));
    await unloaded.results('skills');
    const { attempt_id: unredeemed } = await issueToken(admin, task);
    const ids = [UNKNOWN, unredeemed, candidate.attempt_id, unloaded.attempt_id];
    const account = await registerCandidate(api);
    const other = await given();
    const body = (attempt_id: string) => candidate.body(views(0, 'A', 1), { attempt_id });
    const requests: ((as: ApiClient, attempt_id: string) => Promise<Response>)[] = [
      ...['', '/events', '/events?limit=0', '/metrics', '/skills', '/states'].map(
        (path) => (as: ApiClient, id: string) => as.send('GET', `/attempts/${id}${path}`),
      ),
      (as, id) => as.send('POST', '/events', body(id)),
      (as, id) => as.send('POST', '/events/batch', { events: [body(id), body(id)] }),
      (as, id) => as.send('POST', `/attempts/${id}/complete`, {}),
      (as, id) => as.send('POST', `/attempts/${id}/access`, {}),
    ];
    for (const stranger of [account.api, other.api]) {
      for (const request of requests) {
        const answers = new Set<string>();
        for (const id of ids) {
          const response = await request(stranger, id);
          const headers = [...response.headers].filter(([name]) => name !== 'date' && name !== 'traceparent');
          const text = (await response.text()).replaceAll(id, 'ID').replace(/"trace_id":"[0-9a-f]{32}"/, '');
          answers.add(JSON.stringify([response.status, headers, text]));
        }
        expect([...answers]).toHaveLength(1);
      }
      const closings = await Promise.all(ids.map((id) => closing(stranger.watch(id))));
      expect(new Set(closings.map((closed) => JSON.stringify(closed))).size).toBe(1);
      expect(closings[0]).toMatchObject({ code: 4403 });
    }
  });

  it('an account may go on with the attempt that it redeemed, without the attempt’s own token', async () => {
    const account = await registerCandidate(api);
    const candidate = await admitCandidate(admin, account.api, task);
    expect(candidate.user_id).toBe(account.user_id);
    const response = await account.api.send('POST', '/events', candidate.body(starts(0)));
    expect(response.status).toBe(201);
  });

  it('an attempt that is unknown or not redeemed takes nothing', async () => {
    const account = await registerCandidate(api);
    const candidate = await given();
    const body = candidate.body(starts(0), { attempt_id: UNKNOWN });
    expect(await problemOf(await account.api.send('POST', '/events', body))).toMatchObject({
      status: 404,
      code: 'not_found',
    });
    for (const path of ['', '/events', '/metrics', '/skills']) {
      const response = await admin.send('GET', `/attempts/${UNKNOWN}${path}`);
      expect((await problemOf(response)).status).toBe(404);
    }
    const completing = await account.api.send('POST', `/attempts/${UNKNOWN}/complete`);
    expect((await problemOf(completing)).status).toBe(404);
  });

  it('metrics do not become readable to strangers by the completion', async () => {
    const candidate = await given(starts(0), selects(0, 'A'), completes(0, 'A'));
    const other = await given();
    const account = await registerCandidate(api);
    await candidate.results('skills');
    for (const results of ['metrics', 'skills']) {
      const path = `/attempts/${candidate.attempt_id}/${results}`;
      expect((await problemOf(await other.api.send('GET', path))).status).toBe(403);
      expect((await problemOf(await account.api.send('GET', path))).status).toBe(404);
    }
  });
});

describe('the size of an event', () => {
  const ofSize = (candidate: Candidate, bytes: number) => {
    const body = candidate.body(starts(0), { metadata: { filling: '' } });
    const empty = Buffer.byteLength(JSON.stringify(body));
    return { ...body, metadata: { filling: 'x'.repeat(bytes - empty) } };
  };

  it('may be 64 KiB and not one byte more', async () => {
    const candidate = await given();
    const tooLarge = await candidate.api.send('POST', '/events', ofSize(candidate, 64 * 1024 + 1));
    expect(await problemOf(tooLarge)).toMatchObject({ status: 413, code: 'body_too_large' });
    expect(await candidate.log()).toEqual([]);
    const fits = await candidate.api.send('POST', '/events', ofSize(candidate, 64 * 1024));
    expect(fits.status).toBe(201);
  });
});

it('an attempt whose time is over takes nothing more', async () => {
  const hasty = await startTestServer({ ATTEMPT_TTL_SECONDS: '4' });
  const candidate = await admitCandidate(hasty.admin, hasty.api, await createTask(hasty.admin));
  await candidate.does(starts(0));
  const refused = await eventually(async () => {
    const response = await candidate.post(views(0, 'A', 1));
    expect(response.status, 'the attempt has not expired yet').not.toBe(201);
    return response;
  });
  expect(await problemOf(refused)).toMatchObject({
    status: 409,
    code: 'attempt_expired',
    allowed_events: [],
  });
  const end = { status: 'expired', state: 'expired', allowed_events: [] };
  expect(await candidate.get()).toMatchObject(end);
  const watcher = await watch(candidate.api, candidate.attempt_id);
  expect(watcher.all('attempt_state')).toMatchObject([end]);
});
