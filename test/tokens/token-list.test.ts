import { ObjectId } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { taskAttempts } from '../../src/attempts/stored/collection.ts';
import type { ApiClient } from '../../src/tools/api-client.ts';
import { hireRecruiter } from '../support/accounts.ts';
import { createTask, issueTokens } from '../support/assessment.ts';
import { eventually } from '../support/eventually.ts';
import { problemOf } from '../support/problem.ts';
import { startTestServer } from '../support/server.ts';

const { admin, api, services } = await startTestServer();
const task = await createTask(admin);

interface List {
  tokens: { attempt_id: string; state: string; candidate_email: string | null; issued_by: string }[];
  next_cursor: string | null;
}
const list = async (staff: ApiClient, query = '') =>
  (await staff.call<List>('GET', `/tokens?${query}`)).tokens.map(({ attempt_id }) => attempt_id);

describe('GET /tokens', () => {
  it('tells the state of each token and never the token', async () => {
    const recruiter = await hireRecruiter(admin);
    const [open, used, revoked] = await issueTokens(recruiter, task, { count: 3 });
    const tokens = [open, used, revoked].map((issued) => issued?.token ?? '');
    await api.call('POST', '/attempts', { token: used?.token });
    await recruiter.call('POST', '/tokens/revoke', { attempt_id: revoked?.attempt_id });
    const response = await recruiter.send('GET', '/tokens');
    const text = await response.text();
    for (const token of tokens) expect(text).not.toContain(token);
    expect(text).not.toMatch(/hash/);
    const states = Object.fromEntries(
      (JSON.parse(text) as List).tokens.map(({ attempt_id, state }) => [attempt_id, state]),
    );
    expect(states).toEqual({
      [open?.attempt_id ?? '']: 'open',
      [used?.attempt_id ?? '']: 'redeemed',
      [revoked?.attempt_id ?? '']: 'revoked',
    });
    for (const [issued, state] of [
      [open, 'open'],
      [used, 'redeemed'],
      [revoked, 'revoked'],
    ] as const) {
      expect(await list(recruiter, `state=${state}`)).toEqual([issued?.attempt_id]);
    }
    expect(await list(recruiter, 'state=expired')).toEqual([]);
  });

  it('tells when nobody redeemed a token in time', async () => {
    const recruiter = await hireRecruiter(admin);
    const [issued] = await issueTokens(recruiter, task);
    expect(await list(recruiter, 'state=open')).toEqual([issued?.attempt_id]);
    // Set in the past, so that the test need not wait for it to expire.
    await services.database
      .collection(taskAttempts)
      .updateOne(
        { _id: new ObjectId(issued?.attempt_id) },
        { $set: { expires_at: new Date(Date.now() - 1000) } },
      );
    expect(await list(recruiter, 'state=open')).toEqual([]);
    // It is stored as expired within some seconds.
    await eventually(async () => {
      expect(await list(recruiter, 'state=expired')).toEqual([issued?.attempt_id]);
    });
  });

  it('shows recruiters their own tokens and administrators all', async () => {
    const [ada, grace] = [await hireRecruiter(admin), await hireRecruiter(admin)];
    const [hers] = await issueTokens(ada, task, { candidate_email: 'Kim@Example.com' });
    const [other] = await issueTokens(grace, task);
    expect(await list(ada)).toEqual([hers?.attempt_id]);
    expect(await list(grace)).toEqual([other?.attempt_id]);
    expect(await list(admin, `task_id=${task.task_id}&limit=2`)).toEqual([
      other?.attempt_id,
      hers?.attempt_id,
    ]);
    const { user_id } = await ada.call<{ user_id: string }>('GET', '/auth/me');
    expect(await list(admin, `issued_by=${user_id}`)).toEqual([hers?.attempt_id]);
    expect(await list(admin, 'candidate_email=KIM@example.com')).toEqual([hers?.attempt_id]);
    expect(await list(ada, `issued_by=${user_id}`)).toEqual([hers?.attempt_id]);
    expect((await problemOf(await grace.send('GET', `/tokens?issued_by=${user_id}`))).status).toBe(403);
  });

  it('comes in pages', async () => {
    const recruiter = await hireRecruiter(admin);
    const issued = await issueTokens(recruiter, task, { count: 5 });
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: List = await recruiter.call('GET', `/tokens?limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.tokens.map(({ attempt_id }) => attempt_id));
      cursor = page.next_cursor;
    }
    expect(seen).toEqual(issued.map(({ attempt_id }) => attempt_id).toReversed());
  });
});
