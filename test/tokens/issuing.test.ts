import { ObjectId } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { issuingQuotas } from '../../src/tokens/collections.ts';
import { IssuingQuotaStore } from '../../src/tokens/issuing-quota-store.ts';
import { createAccount, hireRecruiter } from '../support/accounts.ts';
import { createTask, issueToken, issueTokens } from '../support/assessment.ts';
import { Candidate, redeem } from '../support/candidate.ts';
import { sharedDatabase } from '../support/database.ts';
import { problemOf } from '../support/problem.ts';
import { completes, selects, starts } from '../support/recorded.ts';
import { startTestServer } from '../support/server.ts';

describe('the quota of tokens per account and day', async () => {
  const shared = sharedDatabase();
  const env = { ...shared, TOKENS_PER_DAY: '20', JWT_SECRET: 'the secret of two servers, over 32 bytes' };
  const [one, two] = [await startTestServer(env), await startTestServer(env)];
  const task = await createTask(one.admin);
  const issue = (as: typeof one.admin, count: number) =>
    as.send('POST', '/tokens/generate', { task_id: task.task_id, count });

  it('counts calls at the same moment, on two servers, exactly; another account has its own', async () => {
    const { access_token } = await createAccount(one.admin, 'recruiter');
    const clients = [one.api.as(access_token), two.api.as(access_token)];
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, n) => issue(clients[n % 2] ?? one.api, 4)),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(5);
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(7);
    for (const response of refused) {
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(86_000);
      const { code, detail } = await problemOf(response);
      expect([code, detail]).toEqual(['too_many_requests', expect.stringMatching(/20 of the 20 tokens/)]);
    }
    expect((await issue(one.admin, 20)).status).toBe(201);
    expect((await issue(two.admin, 1)).status).toBe(429);
  });

  it('is not counted for an order that is refused, and refuses at once what never fits', async () => {
    const recruiter = await hireRecruiter(one.admin);
    for (let n = 0; n < 3; n++) {
      const unknown = { task_id: 'f'.repeat(24), count: 20 };
      expect((await recruiter.send('POST', '/tokens/generate', unknown)).status).toBe(404);
    }
    expect((await issue(recruiter, 21)).status).toBe(429);
    expect((await issue(recruiter, 20)).status).toBe(201);
  });

  it('begins anew 24 hours after the first token of the day', async () => {
    const quota = new IssuingQuotaStore(one.services.database.collection(issuingQuotas), 10);
    const user_id = new ObjectId().toHexString();
    const hour = (n: number) => new Date(Date.UTC(2026, 0, 1, n));
    await quota.take(user_id, 6, hour(0));
    await quota.take(user_id, 4, hour(20));
    const refusal = { status: 429, details: { retry_after: 3600 } };
    await expect(quota.take(user_id, 1, hour(23))).rejects.toMatchObject(refusal);
    await quota.take(user_id, 10, hour(24));
    await expect(quota.take(user_id, 1, hour(47))).rejects.toMatchObject(refusal);
  });
});

describe('tokens of a deactivated recruiter', () => {
  const given = async (env: Record<string, string> = {}) => {
    const { admin, api } = await startTestServer(env);
    const task = await createTask(admin);
    const { user, access_token } = await createAccount(admin, 'recruiter');
    const [first, second, revoked] = await issueTokens(api.as(access_token), task, { count: 3 });
    const begun = new Candidate(api, await redeem(api, first?.token ?? '', task));
    await begun.does(starts(0));
    await admin.call('POST', '/tokens/revoke', { attempt_id: revoked?.attempt_id });
    await admin.call('POST', `/users/${user.user_id}/deactivate`, {});
    const answersTo = async (token = '') => [
      await api.send('GET', `/tokens/${token}/validate`),
      await api.send('POST', '/attempts', { token }),
    ];
    return { admin, api, task, user, begun, open: second, revoked, answersTo };
  };

  it('stop working, with the words of a revoked one; what was redeemed goes on', async () => {
    const { admin, api, task, user, begun, open, revoked, answersTo } = await given();
    for (const token of [open?.token, revoked?.token]) {
      for (const response of await answersTo(token)) {
        const { status, code, detail } = await problemOf(response);
        expect([status, code, detail]).toEqual([
          410,
          'token_revoked',
          'This token has been revoked; ask for a new one.',
        ]);
      }
    }
    await begun.does(selects(0, 'A'), completes(0, 'A'));
    await redeem(api, (await issueToken(admin, task)).token, task);
    await admin.call('POST', `/users/${user.user_id}/reactivate`, {});
    expect((await answersTo(open?.token)).map(({ status }) => status)).toEqual([200, 201]);
  });

  it('are kept where TOKENS_OF_DEACTIVATED says so', async () => {
    const { open, answersTo } = await given({ TOKENS_OF_DEACTIVATED: 'keep' });
    expect((await answersTo(open?.token)).map(({ status }) => status)).toEqual([200, 201]);
  });
});
