import { describe, expect, it } from 'vitest';
import { hireRecruiter, registerCandidate } from '../support/accounts.ts';
import { createTask, issueTokens } from '../support/assessment.ts';
import { admitCandidate, Candidate, redeem } from '../support/candidate.ts';
import { problemOf } from '../support/problem.ts';
import { completes, selects, starts, submitsReasoning } from '../support/recorded.ts';
import { startTestServer } from '../support/server.ts';

const { admin, api } = await startTestServer();
const recruiter = await hireRecruiter(admin);
const tasks = [await createTask(admin), await createTask(admin), await createTask(admin)] as const;

interface Profile {
  user_id: string;
  attempt_count: number;
  skills: { skill_code: string; count: number; attempt_ids: string[] }[];
  behavioral_summary: Record<string, { counts: Record<string, number>; most_frequent: string }>;
}

const profileOf = (user_id: string) => recruiter.call<Profile>('GET', `/users/${user_id}/profile`);

async function finishes(candidate: Candidate, code: string, reasoning?: string): Promise<string> {
  const says = reasoning === undefined ? [] : [submitsReasoning(0, reasoning)];
  await candidate.does(starts(0), selects(0, code), ...says, completes(0, code));
  await candidate.results('skills');
  return candidate.attempt_id;
}

describe('the profile of a candidate', () => {
  it('adds up the attempts of an account; a tie goes to the latest', async () => {
    const account = await registerCandidate(api);
    const safe = await finishes(await admitCandidate(admin, account.api, tasks[0]), 'A');
    const bold = await finishes(await admitCandidate(admin, account.api, tasks[1]), 'C', 'I dare.');

    const profile = await profileOf(account.user_id);
    expect(profile).toMatchObject({ user_id: account.user_id, attempt_count: 2 });
    expect(Object.fromEntries(profile.skills.map((skill) => [skill.skill_code, skill]))).toMatchObject({
      DECISIVE_THINKING: { count: 2, attempt_ids: [safe, bold] },
      RISK_AVERSE: { count: 1, attempt_ids: [safe] },
      RISK_SEEKING: { count: 1, attempt_ids: [bold] },
      CONCISE_REASONING: { count: 1, attempt_ids: [bold] },
    });
    expect(profile.behavioral_summary).toEqual({
      decision_style: { counts: { decisive: 2 }, most_frequent: 'decisive' },
      risk_profile: { counts: { risk_averse: 1, risk_seeking: 1 }, most_frequent: 'risk_seeking' },
      reasoning_style: { counts: { none: 1, brief: 1 }, most_frequent: 'brief' },
    });

    await finishes(await admitCandidate(admin, account.api, tasks[2]), 'A');
    expect((await profileOf(account.user_id)).behavioral_summary).toMatchObject({
      risk_profile: { counts: { risk_averse: 2, risk_seeking: 1 }, most_frequent: 'risk_averse' },
      reasoning_style: { most_frequent: 'none' },
    });
  });

  it('brings together the attempts that one address was invited to', async () => {
    const done: string[] = [];
    for (const task of [tasks[0], tasks[1]]) {
      const [issued] = await issueTokens(recruiter, task, { candidate_email: 'Invited@Example.com' });
      const candidate = new Candidate(api, await redeem(api, issued?.token ?? '', task));
      await finishes(candidate, 'B');
      done.push(candidate.user_id);
    }
    expect(new Set(done).size).toBe(1);
    expect(await profileOf(done[0] ?? '')).toMatchObject({
      attempt_count: 2,
      behavioral_summary: { risk_profile: { counts: { risk_neutral: 2 }, most_frequent: 'risk_neutral' } },
    });
  });

  it('does not count an attempt that is not completed', async () => {
    const account = await registerCandidate(api);
    const candidate = await admitCandidate(admin, account.api, tasks[0]);
    await candidate.does(starts(0), selects(0, 'A'));
    expect(await profileOf(account.user_id)).toEqual({
      user_id: account.user_id,
      attempt_count: 0,
      skills: [],
      behavioral_summary: {},
    });
  });

  it('is for staff only, and of users who exist', async () => {
    const account = await registerCandidate(api);
    const path = `/users/${account.user_id}/profile`;
    expect((await problemOf(await account.api.send('GET', path))).status).toBe(403);
    expect((await problemOf(await api.send('GET', path))).status).toBe(401);
    expect((await admin.send('GET', path)).status).toBe(200);
    const unknown = await recruiter.send('GET', `/users/${'f'.repeat(24)}/profile`);
    expect((await problemOf(unknown)).status).toBe(404);
  });
});
