import { randomUUID } from 'node:crypto';
import { ObjectId } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { taskAttempts } from '../../src/attempts/stored/collection.ts';
import { issuingQuotas } from '../../src/tokens/collections.ts';
import { IssuingQuotaStore } from '../../src/tokens/issuing-quota-store.ts';
import { type RedemptionResult, TokenStore } from '../../src/tokens/token-store.ts';
import { Tokens } from '../../src/tokens/tokens.ts';
import { createAccount, hireRecruiter, registerCandidate } from '../support/accounts.ts';
import { createTask, type IssuedToken, issueTokens } from '../support/assessment.ts';
import { Candidate } from '../support/candidate.ts';
import { eventually } from '../support/eventually.ts';
import { problemOf } from '../support/problem.ts';
import { completes, selects, starts, views } from '../support/recorded.ts';
import { startTestServer } from '../support/server.ts';

const { admin, api, services } = await startTestServer();
const task = await createTask(admin);

interface Redeemed {
  attempt: { attempt_id: string; user_id: string; status: string };
  access_token: string;
  task: object;
}

async function hireRecruiterWithAddress() {
  const email = `recruiter-${randomUUID()}@example.com`;
  return { email, api: api.as((await createAccount(admin, 'recruiter', email)).access_token) };
}

async function aToken(order: object = {}, of = task): Promise<IssuedToken> {
  const [issued] = await issueTokens(admin, of, order);
  if (!issued) throw new Error('no token was issued');
  return issued;
}
const redeem = (token: string, as = api) => as.send('POST', '/attempts', { token });
const redeemed = async (token: string, as = api) => (await (await redeem(token, as)).json()) as Redeemed;
const refused = async (token: string, as = api) => problemOf(await redeem(token, as));

describe('fifty redemptions at once', () => {
  it.each([
    ['by nobody in particular', {}],
    ['of a token for one address', { candidate_email: 'fifty@example.com' }],
  ])('%s make one attempt', async (_, order) => {
    const { token, attempt_id } = await aToken(order);
    const responses = await Promise.all(Array.from({ length: 50 }, () => redeem(token)));
    const [won, ...more] = responses.filter(({ status }) => status === 201);
    expect(more).toEqual([]);
    expect(await won?.json()).toMatchObject({ attempt: { attempt_id } });
    const lost = responses.filter((response) => response !== won);
    expect(lost).toHaveLength(49);
    for (const response of lost) {
      expect(await problemOf(response)).toMatchObject({ status: 409, code: 'token_used' });
    }
  });

  it('of fifty tokens by one candidate make one attempt at the task', async () => {
    const account = await registerCandidate(api);
    const tokens = await issueTokens(admin, task, { count: 50 });
    const responses = await Promise.all(tokens.map(({ token }) => redeem(token, account.api)));
    const statuses = responses.map(({ status }) => status).toSorted();
    expect(statuses).toEqual([201, ...Array(49).fill(409)]);
    for (const response of responses.filter(({ status }) => status === 409)) {
      expect((await problemOf(response)).code).toBe('already_attempted');
    }
  });
});

describe('what a candidate gets', () => {
  it('is the attempt, a token for it, and the task without any risk', async () => {
    const { token, attempt_id } = await aToken();
    const response = await redeem(token);
    expect(response.status).toBe(201);
    const text = await response.text();
    expect(text).not.toMatch(/risk_tag|trade_off_type|token_hash/);
    const { attempt, access_token } = JSON.parse(text) as Redeemed;
    expect(attempt).toMatchObject({ attempt_id, status: 'pending' });
    expect((await api.as(access_token).send('GET', `/attempts/${attempt_id}`)).status).toBe(200);
  });
});

describe('validating', () => {
  it('changes nothing, however often it is done', async () => {
    const { token, attempt_id } = await aToken();
    const look = () => admin.call('GET', `/attempts/${attempt_id}`);
    const before = await look();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => api.call<{ valid: boolean }>('GET', `/tokens/${token}/validate`)),
    );
    for (const answer of answers) expect(answer).toMatchObject({ valid: true, task: { title: task.title } });
    expect(JSON.stringify(answers)).not.toMatch(/risk_tag|trade_off_type|scenario/);
    expect(await look()).toEqual({ ...(before as object), server_time: expect.any(String) });
    expect((await redeem(token)).status).toBe(201);
  });

  it('says of a used and of an unknown token what redeeming says', async () => {
    const { token } = await aToken();
    await redeem(token);
    const validate = async (it: string) => problemOf(await api.send('GET', `/tokens/${it}/validate`));
    expect(await validate(token)).toMatchObject({ status: 409, code: 'token_used' });
    expect(await validate('nobody-knows-this')).toMatchObject({ status: 404, code: 'not_found' });
  });
});

describe('a token is refused', () => {
  it('when it is unknown or no token', async () => {
    expect(await refused('nobody-knows-this')).toMatchObject({ status: 404, code: 'not_found' });
    for (const body of [{}, { token: 7 }, { token: '' }, { token: { $ne: '' } }]) {
      expect((await problemOf(await api.send('POST', '/attempts', body))).status).toBe(422);
    }
  });

  it('when it was revoked', async () => {
    const { token, attempt_id } = await aToken();
    expect((await admin.send('POST', '/tokens/revoke', { attempt_id })).status).toBe(200);
    expect(await refused(token)).toMatchObject({ status: 410, code: 'token_revoked' });
    const validating = await api.send('GET', `/tokens/${token}/validate`);
    expect((await problemOf(validating)).code).toBe('token_revoked');
    expect((await admin.send('POST', '/tokens/revoke', { attempt_id })).status).toBe(200);
  });

  it('when its time is over', async () => {
    const hasty = await startTestServer({ TOKEN_TTL_SECONDS: '1' });
    const [issued] = await issueTokens(hasty.admin, await createTask(hasty.admin));
    const token = issued?.token ?? '';
    const response = await eventually(async () => {
      const validating = await hasty.api.send('GET', `/tokens/${token}/validate`);
      expect(validating.status, 'the token has not expired yet').not.toBe(200);
      return validating;
    });
    expect(await problemOf(response)).toMatchObject({ status: 410, code: 'token_expired' });
    expect(await refused(token, hasty.api)).toMatchObject({ status: 410, code: 'token_expired' });
  });

  it('when its candidate has made an attempt at the task; it stays good for somebody else', async () => {
    const account = await registerCandidate(api);
    await redeem((await aToken()).token, account.api);
    const { token } = await aToken();
    expect(await refused(token, account.api)).toMatchObject({ status: 409, code: 'already_attempted' });
    expect((await redeem((await aToken({}, await createTask(admin))).token, account.api)).status).toBe(201);
    expect((await redeem(token)).status).toBe(201);
  });
});

describe('revoking', () => {
  it('comes too late for a redeemed token', async () => {
    const { token, attempt_id } = await aToken();
    await redeem(token);
    const response = await admin.send('POST', '/tokens/revoke', { attempt_id });
    expect(await problemOf(response)).toMatchObject({ status: 409, code: 'token_used' });
  });

  it('is for the issuer and administrators', async () => {
    const [issuer, colleague] = [await hireRecruiter(admin), await hireRecruiter(admin)];
    const [one, two] = await issueTokens(issuer, task, { count: 2 });
    const revoke = (as: typeof api, of: IssuedToken | undefined) =>
      as.send('POST', '/tokens/revoke', { attempt_id: of?.attempt_id });
    expect((await problemOf(await revoke(colleague, one))).status).toBe(403);
    expect((await problemOf(await revoke(api, one))).status).toBe(401);
    expect((await revoke(issuer, one)).status).toBe(200);
    expect((await revoke(admin, two)).status).toBe(200);
  });

  it('and redeeming at once leave one of both', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { token, attempt_id } = await aToken();
      const [redemption, revocation] = await Promise.all([
        redeem(token),
        admin.send('POST', '/tokens/revoke', { attempt_id }),
      ]);
      expect([redemption.status === 201, revocation.status === 200].filter(Boolean)).toHaveLength(1);
    }
  });
});

describe('a token for one address', () => {
  it('is not for another account', async () => {
    const stranger = await registerCandidate(api);
    const { token } = await aToken({ candidate_email: 'invited@example.com' });
    expect(await refused(token, stranger.api)).toMatchObject({ status: 403, code: 'forbidden' });
    expect((await redeem(token)).status).toBe(201);
  });

  it('makes the attempt one of the account with that address that presents it', async () => {
    const account = await registerCandidate(api);
    const order = { candidate_email: account.email.toUpperCase() };
    const loggedIn = await redeemed((await aToken(order)).token, account.api);
    expect(loggedIn.attempt.user_id).toBe(account.user_id);
    const another = await admin.send('POST', '/tokens/generate', { task_id: task.task_id, ...order });
    expect(await problemOf(another)).toMatchObject({ status: 409, code: 'already_attempted' });
  });

  it('is not taken over by whoever registers the address, before or after it is redeemed', async () => {
    const email = (name: string) => `${name}-${randomUUID()}@example.com`;
    for (const order of ['registered first', 'redeemed first']) {
      const candidate_email = email('victim');
      const register = () => registerCandidate(api, candidate_email);
      const early = order === 'registered first' ? await register() : undefined;
      const { token, attempt_id } = await aToken({ candidate_email });
      const victim = await redeemed(token);
      const stranger = early ?? (await register());
      expect(victim.attempt.user_id).not.toBe(stranger.user_id);
      const candidate = new Candidate(api, { ...victim.attempt, token: victim.access_token, task });
      const stolen = candidate.with(stranger.access_token);
      for (const path of ['', '/events', '/metrics', '/skills']) {
        const response = await stolen.api.send('GET', `/attempts/${attempt_id}${path}`);
        expect((await problemOf(response)).status, order).toBe(404);
      }
      expect((await problemOf(await stolen.post(starts(0)))).status).toBe(404);
      expect(
        (await problemOf(await stolen.api.send('POST', `/attempts/${attempt_id}/complete`))).status,
      ).toBe(404);
      expect((await stolen.api.send('GET', `/tasks/${task.task_id}`)).status).toBe(403);
      await candidate.does(starts(0), selects(0, 'A'), completes(0, 'A'));
    }
  });

  it('makes one candidate of all that are redeemed for an address without an account', async () => {
    const order = { candidate_email: `several-${randomUUID()}@example.com` };
    const one = await redeemed((await aToken(order)).token);
    const two = await redeemed((await aToken(order, await createTask(admin))).token);
    expect(two.attempt.user_id).toBe(one.attempt.user_id);
  });

  it('makes one attempt at a task, with an account or without', async () => {
    const account = await registerCandidate(api);
    const order = { candidate_email: account.email };
    const [one, two] = [await aToken(order), await aToken(order)];
    // The second revoked the first; earlier releases did not.
    await services.database
      .collection(taskAttempts)
      .updateOne({ _id: new ObjectId(one.attempt_id) }, { $set: { revoked_at: null, status: 'pending' } });
    const answers = await Promise.all([redeem(one.token), redeem(two.token, account.api)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409]);
    const late = answers.find(({ status }) => status === 409) as Response;
    expect(await problemOf(late)).toMatchObject({ code: 'already_attempted' });
  });

  it('makes a candidate, even if the address is that of staff and they present it themselves', async () => {
    const { email, api: recruiter } = await hireRecruiterWithAddress();
    const { user_id } = await recruiter.call<{ user_id: string }>('GET', '/auth/me');
    for (const as of [api, recruiter]) {
      const { token, attempt_id } = await aToken({ candidate_email: email }, await createTask(admin));
      const { attempt } = await redeemed(token, as);
      expect(attempt.user_id).not.toBe(user_id);
      const posting = await recruiter.send('POST', `/attempts/${attempt_id}/complete`);
      expect((await problemOf(posting)).status).toBe(403);
    }
  });

  it('without one, each anonymous candidate is somebody else', async () => {
    const [one, two] = [await redeemed((await aToken()).token), await redeemed((await aToken()).token)];
    expect(one.attempt.user_id).not.toBe(two.attempt.user_id);
  });
});

describe('the way back', () => {
  const withId = (token: string, redemption_id?: string | null, as = api) =>
    as.send('POST', '/attempts', { token, redemption_id });
  const stored = async (token: string, id: string) => (await (await withId(token, id)).json()) as Redeemed;

  it('the same token with the same redemption_id gets the same attempt and a working token, again and again', async () => {
    const id = randomUUID();
    for (const order of [{}, { candidate_email: 'comes-back@example.com' }]) {
      const { token, attempt_id } = await aToken(order);
      const answers = await Promise.all(Array.from({ length: 20 }, () => withId(token, id)));
      expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(201));
      const candidate = new Candidate(api, { ...(await redeem20(answers)), task });
      await candidate.does(starts(0), selects(0, 'A'));
      const again = await stored(token, id.toUpperCase());
      expect(again).toMatchObject({ attempt: { attempt_id }, server_time: expect.any(String) });
      const back = candidate.with(again.access_token);
      expect(await back.get()).toMatchObject({ sequence_number: 2, current_selection: { option_code: 'A' } });
      await back.does(completes(0, 'A'));
      await back.locked();
      expect(await problemOf(await withId(token, id))).toMatchObject({ status: 409, code: 'attempt_locked' });
    }
  });

  async function redeem20(answers: Response[]) {
    const all = (await Promise.all(answers.map((answer) => answer.json()))) as Redeemed[];
    expect(new Set(all.map(({ attempt }) => attempt.attempt_id)).size).toBe(1);
    const [{ attempt, access_token }] = all as [Redeemed];
    return { ...attempt, token: access_token };
  }

  it('another redemption_id, or none, gets nothing', async () => {
    const { token } = await aToken();
    expect((await withId(token, randomUUID())).status).toBe(201);
    for (const id of [randomUUID(), null, undefined]) {
      expect(await problemOf(await withId(token, id))).toMatchObject({ status: 409, code: 'token_used' });
    }
    expect((await problemOf(await withId(token, 'mine'))).errors).toMatchObject([{ path: 'redemption_id' }]);
    const { token: other } = await aToken();
    await withId(other);
    expect(await problemOf(await withId(other, randomUUID()))).toMatchObject({ code: 'token_used' });
  });

  it('a stale, broken or foreign Authorization does not keep anybody from redeeming', async () => {
    const foreign = await redeemed((await aToken()).token);
    for (const authorization of [
      'Bearer null',
      'Bearer',
      'Basic eDp5',
      'x',
      `Bearer ${foreign.access_token}`,
    ]) {
      const response = await fetch(`${api.url}/api/v1/attempts`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify({ token: (await aToken()).token }),
      });
      expect(response.status, authorization).toBe(201);
    }
  });

  it('a recruiter may give a new access token; the ones before stop working', async () => {
    const [recruiter, colleague] = [await hireRecruiter(admin), await hireRecruiter(admin)];
    const [issued] = await issueTokens(recruiter, task);
    const before = await redeemed(issued?.token ?? '');
    const { attempt_id } = before.attempt;
    const path = `/attempts/${attempt_id}/access`;
    expect((await problemOf(await colleague.send('POST', path, {}))).status).toBe(403);
    expect((await problemOf(await api.as(before.access_token).send('POST', path, {}))).status).toBe(403);
    const renewed = await recruiter.call<{ access_token: string }>('POST', path, {});
    expect(renewed).toMatchObject({ attempt_id, token_type: 'Bearer', expires_at: expect.any(String) });
    const candidate = new Candidate(api, { ...before.attempt, token: renewed.access_token, task });
    await candidate.does(starts(0), selects(0, 'A'));
    expect((await problemOf(await candidate.with(before.access_token).post(views(0, 'A', 1)))).status).toBe(
      401,
    );
    const newest = await admin.call<{ access_token: string }>('POST', path);
    expect((await problemOf(await candidate.post(views(0, 'A', 1)))).status).toBe(401);
    await candidate.with(newest.access_token).does(completes(0, 'A'));
    expect(await problemOf(await admin.send('POST', path))).toMatchObject({
      status: 409,
      code: 'attempt_locked',
    });
    const { entries } = await admin.call<{ entries: object[] }>(
      'GET',
      `/audit?target_id=${attempt_id}&action=access_renewed`,
    );
    expect(entries).toHaveLength(2);
  });

  it('there is no access to an attempt that nobody has redeemed', async () => {
    const { attempt_id } = await aToken();
    expect(await problemOf(await admin.send('POST', `/attempts/${attempt_id}/access`))).toMatchObject({
      status: 409,
      code: 'attempt_not_redeemed',
    });
  });

  it('several tokens for one candidate are refused when they are issued', async () => {
    const order = { task_id: task.task_id, candidate_email: 'twice@example.com', count: 2 };
    expect((await problemOf(await admin.send('POST', '/tokens/generate', order))).errors).toMatchObject([
      { path: 'count', message: expect.stringMatching(/must be 1/) },
    ]);
  });
});

it('given two calls of one front end at once, when the one that loses learns only of a taken place, then it gets the same attempt', async () => {
  const { database, attempts, tasks, accounts, config, keys } = services;
  /** The moment at which the other call's redemption is stored, but this one sees only its key in the unique index. */
  class LosingStore extends TokenStore {
    override async redeem(...of: Parameters<TokenStore['redeem']>): Promise<RedemptionResult> {
      await super.redeem(...of);
      return { outcome: 'already_attempted' };
    }
  }
  const store = new LosingStore(database.collection(taskAttempts));
  const quota = new IssuingQuotaStore(database.collection(issuingQuotas), config.tokensPerDay);
  const now = () => new Date();
  const tokens = new Tokens(store, attempts, tasks, keys, accounts.users, quota, { ...config, now });
  const { token, attempt_id } = await aToken();
  const redemption_id = randomUUID();
  expect(await tokens.redeem({ token, redemption_id }, undefined)).toMatchObject({
    attempt: { attempt_id },
    isRepeat: true,
  });
  const another = await aToken();
  await expect(
    tokens.redeem({ token: another.token, redemption_id: undefined }, undefined),
  ).rejects.toMatchObject({
    code: 'token_used',
  });
});
