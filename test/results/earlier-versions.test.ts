import { MongoClient, ObjectId } from 'mongodb';
import { expect, it } from 'vitest';
import { interpret, explain as rulesOfThen } from '../../src/results/v1.0.0/interpretation/interpret.ts';
import { computeMetrics } from '../../src/results/v1.0.0/metrics/compute-metrics.ts';
import { resultsVersion } from '../../src/results/versions.ts';
import { registerCandidate } from '../support/accounts.ts';
import { createTask } from '../support/assessment.ts';
import { atTheEnd } from '../support/at-the-end.ts';
import { admitCandidate, type Candidate } from '../support/candidate.ts';
import { sharedDatabase } from '../support/database.ts';
import { completes, recorded, selects, starts, submitsReasoning } from '../support/recorded.ts';
import { startTestServer } from '../support/server.ts';

/* What an earlier release concluded stays as it is, and is explained by the rules that concluded it. */

const stored = sharedDatabase();
const { admin, api } = await startTestServer(stored);
const client = await new MongoClient(stored.MONGODB_URI).connect();
atTheEnd(() => client.close());
const database = client.db(stored.MONGODB_DATABASE);

interface Profile {
  interpreter_version: string;
  inferred_skills: Record<string, unknown>[];
  recruiter_notes: string;
  explanation: object[];
  counterfactuals: { group: string; would_be: string; changes: object[]; sentence: string }[];
}

/** Sixty words without a keyword, at once and with nothing viewed. */
async function completesQuickly(redeemer = api): Promise<Candidate> {
  const candidate = await admitCandidate(admin, redeemer, await createTask(admin));
  const text = Array.from({ length: 60 }, () => 'word').join(' ');
  await candidate.does(starts(0), selects(0, 'A'), submitsReasoning(0, text), completes(0, 'A'));
  await candidate.results('skills');
  return candidate;
}

/** Puts the results in their place that release 1.0.0 would have stored. */
async function storeResultsOfThen(candidate: Candidate) {
  const { user_id, task } = candidate;
  const metrics = computeMetrics(await candidate.log(), task);
  const profile = interpret(metrics, task);
  const attempt_id = new ObjectId(candidate.attempt_id);
  const computed_at = new Date('2026-01-15T10:00:00.000Z');
  const of = { attempt_id, user_id: new ObjectId(user_id), task_id: new ObjectId(task.task_id), computed_at };
  await database
    .collection('computed_metrics')
    .replaceOne({ attempt_id }, { attempt_id, computed_at, ...metrics });
  await database.collection('skill_profiles').replaceOne({ attempt_id }, { ...of, ...profile });
  return { metrics, profile };
}

it('results of 1.0.0 are read as they were stored', async () => {
  const candidate = await completesQuickly();
  const { metrics, profile } = await storeResultsOfThen(candidate);
  expect(await candidate.results('metrics')).toEqual({
    ...metrics,
    attempt_id: candidate.attempt_id,
    computed_at: '2026-01-15T10:00:00.000Z',
  });
  const read = await candidate.results<Profile>('skills');
  expect(read).toMatchObject(profile);
  for (const skill of read.inferred_skills) expect(skill).not.toHaveProperty('reliability');
});

it('results of 1.0.0 are explained by the rules of 1.0.0 with their own figures', async () => {
  const candidate = await completesQuickly();
  const { metrics } = await storeResultsOfThen(candidate);
  const { explanation } = await candidate.results<Profile>('skills', '?explain=true');
  expect(explanation).toEqual(rulesOfThen(metrics, candidate.task));
  expect(JSON.stringify(explanation)).not.toContain('assessable');
});

it('what else would have been concluded is told by the rules that concluded, to owner and staff alike', async () => {
  const candidate = await completesQuickly();
  const now = await candidate.results<Profile>('skills', '?explain=true');
  const { metrics } = await storeResultsOfThen(candidate);
  const then = await candidate.results<Profile>('skills', '?explain=true');
  for (const [version, { counterfactuals }] of [
    ['1.1.0', now],
    ['1.0.0', then],
  ] as const) {
    expect(counterfactuals.length).toBeGreaterThan(4);
    for (const { sentence } of counterfactuals) expect(sentence).toContain(`interpreter ${version} would`);
  }
  const { findCounterfactuals } = resultsVersion('1.0.0');
  expect(then.counterfactuals).toEqual(findCounterfactuals(metrics, candidate.task));
  const path = `/attempts/${candidate.attempt_id}/skills`;
  expect(await admin.call('GET', `${path}?explain=true`)).toEqual(then);
  expect(await admin.call('GET', path)).not.toHaveProperty('counterfactuals');
});

it('metrics that 1.0.0 had saved before it was stopped are interpreted by its own rules', async () => {
  const candidate = await admitCandidate(admin, api, await createTask(admin));
  const log = recorded(candidate.task, [starts(0), selects(4_000, 'A'), completes(9_000, 'A')]);
  const metrics = computeMetrics(log, candidate.task);
  await database
    .collection('computed_metrics')
    .insertOne({ attempt_id: new ObjectId(candidate.attempt_id), computed_at: new Date(), ...metrics });
  await candidate.does(starts(0), selects(0, 'A'), completes(0, 'A'));
  expect(await candidate.results('skills')).toMatchObject(interpret(metrics, candidate.task));
});

it('results of today are explained by the rules of today', async () => {
  const candidate = await completesQuickly();
  const { interpreter_version, inferred_skills, explanation } = await candidate.results<Profile>(
    'skills',
    '?explain=true',
  );
  expect(interpreter_version).toBe('1.1.0');
  expect(inferred_skills).toMatchObject([
    { skill_code: 'DECISIVE_THINKING', reliability: 'limited', limited_by: ['no_option_viewed'] },
    { skill_code: 'RISK_AVERSE', limited_by: ['one_risk_seen'] },
    { skill_code: 'STRUCTURED_REASONING', confidence: 'strong', limited_by: ['no_logical_keyword'] },
  ]);
  expect(JSON.stringify(explanation)).toContain('assessable');
});

it('the profile of a person adds up results of both', async () => {
  const account = await registerCandidate(api);
  const then = await completesQuickly(account.api);
  await storeResultsOfThen(then);
  const now = await completesQuickly(account.api);
  const profile = await admin.call<{ skills: object[] }>('GET', `/users/${account.user_id}/profile`);
  expect(profile.skills).toContainEqual({
    skill_code: 'DECISIVE_THINKING',
    skill_label: 'Decisive Thinker',
    count: 2,
    attempt_ids: expect.arrayContaining([then.attempt_id, now.attempt_id]),
  });
});
