import { expect, it } from 'vitest';
import { computeMetrics } from '../../src/results/metrics/compute-metrics.ts';
import { hireRecruiter } from '../support/accounts.ts';
import { createTask } from '../support/assessment.ts';
import { admitCandidate } from '../support/candidate.ts';
import { problemOf } from '../support/problem.ts';
import {
  abandons,
  changes,
  completes,
  selects,
  starts,
  startsReasoning,
  submitsReasoning,
  updatesReasoning,
  views,
} from '../support/recorded.ts';
import { startTestServer } from '../support/server.ts';

const { admin, api } = await startTestServer();
const recruiter = await hireRecruiter(admin);
const REASON = `${'Because the risk is known, '.repeat(20)}therefore this; however, on the other hand, finally.`;

const wholeAttempt = [
  starts(0),
  views(0, 'A', 900),
  views(0, 'C', 400),
  selects(0, 'C'),
  startsReasoning(0),
  updatesReasoning(0, 30, 5),
  abandons(0),
  changes(0, 'C', 'A'),
  submitsReasoning(0, REASON),
  completes(0, 'A'),
];

it('an attempt with reasoning leads from the token to the skill profile', async () => {
  const candidate = await admitCandidate(admin, api, await createTask(admin));
  expect(await candidate.get()).toMatchObject({
    status: 'pending',
    state: 'waiting_for_start',
    allowed_events: ['task_started'],
    sequence_number: 0,
    is_locked: false,
  });

  const acks = await candidate.does(...wholeAttempt);
  expect(acks.map(({ sequence_number }) => sequence_number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  for (const ack of acks)
    expect(Object.keys(ack).sort()).toEqual([
      'acknowledged',
      'digest',
      'event_id',
      'sequence_number',
      'timestamp_server',
    ]);

  const metrics = await candidate.results<Record<string, unknown>>('metrics');
  expect(metrics).toMatchObject(computeMetrics(await candidate.log(), candidate.task));
  expect(metrics).toMatchObject({
    attempt_id: candidate.attempt_id,
    raw_event_count: 10,
    decision_metrics: { decision_change_count: 1, options_viewed_count: 2, unique_options_viewed: 2 },
    risk_metrics: { final_risk_tag: 'low', risk_exposure_pattern: ['low', 'high', 'high', 'low'] },
    version: '1.1.0',
  });
  expect(metrics['quality_flags']).toContain('resumed_after_abandon');

  const skills = await candidate.results<Record<string, unknown>>('skills');
  expect(skills).toMatchObject({
    attempt_id: candidate.attempt_id,
    user_id: candidate.user_id,
    task_id: candidate.task.task_id,
    interpreter_version: '1.1.0',
    behavioral_summary: {
      decision_style: 'decisive',
      risk_profile: 'risk_averse',
      reasoning_style: 'structured',
    },
  });
  expect(skills['inferred_skills']).toMatchObject([
    { skill_code: 'DECISIVE_THINKING', confidence: 'moderate' },
    { skill_code: 'RISK_AWARENESS', confidence: 'strong' },
    { skill_code: 'STRUCTURED_REASONING', confidence: 'strong' },
  ]);
  expect(skills['recruiter_notes']).toMatch(/\.$/);

  const whatRecruitersRead = await recruiter.call('GET', `/attempts/${candidate.attempt_id}/skills`);
  expect(whatRecruitersRead).toEqual(skills);
  const explained = await candidate.results<{ explanation: object[]; counterfactuals: object[] }>(
    'skills',
    '?explain=true',
  );
  expect(explained.explanation.length).toBeGreaterThanOrEqual(3);
  expect(explained.counterfactuals).toContainEqual({
    group: 'risk_profile',
    would_be: 'risk_averse',
    skill_code: 'RISK_AVERSE',
    changes: expect.arrayContaining([
      expect.objectContaining({
        metric: 'risk_metrics.risk_exposure_pattern',
        from: expect.arrayContaining(['high']),
      }),
    ]),
    follows: [],
    sentence: expect.stringMatching(
      /^With .*options of high risk coming up 0 times instead of .+Risk-Averse\.$/,
    ),
  });

  expect(await candidate.locked()).toMatchObject({
    status: 'completed',
    is_locked: true,
    allowed_events: [],
    sequence_number: 10,
    reasoning_text: REASON,
    started_at: acks[0]?.timestamp_server,
    completed_at: acks[9]?.timestamp_server,
    final_selection: { option_code: 'A' },
  });
});

it('an attempt without reasoning does too', async () => {
  const task = await createTask(admin, { GO: 'high', STAY: 'low' }, { requires_reasoning: false });
  const candidate = await admitCandidate(admin, api, task);
  await candidate.does(starts(0), selects(0, 'GO'), completes(0, 'GO'));
  const skills = await candidate.results<Record<string, unknown>>('skills');
  expect(skills['behavioral_summary']).toEqual({
    decision_style: 'decisive',
    risk_profile: 'risk_seeking',
    reasoning_style: 'none',
  });
});

it('every event is kept exactly as it was posted', async () => {
  const candidate = await admitCandidate(admin, api, await createTask(admin));
  const extra = { 'a.b': 1, $set: { x: null }, list: [[1.5, 'ä\0'], {}], $ref: 'users', $id: 'x' };
  const body = candidate.body(starts(0), {
    client_event_id: 'first',
    timestamp_client: '2025-01-15T12:00:00.250+02:00',
    metadata: { client_session_id: 's', user_agent: 'test', screen: { w: 1 }, ...extra },
  });
  await candidate.api.call('POST', '/events', { ...body, payload: extra });
  const [event] = await candidate.log();
  expect(event).toMatchObject({
    attempt_id: candidate.attempt_id,
    sequence_number: 1,
    event_type: 'task_started',
    client_event_id: 'first',
    timestamp_client: new Date('2025-01-15T10:00:00.250Z'),
  });
  expect(event?.payload).toEqual(extra);
  expect(event?.metadata).toEqual(body.metadata);
});

it('there are no metrics and no skills before the completion', async () => {
  const candidate = await admitCandidate(admin, api, await createTask(admin));
  const ask = async (who = candidate.api) => {
    for (const results of ['metrics', 'skills']) {
      const response = await who.send('GET', `/attempts/${candidate.attempt_id}/${results}`);
      expect(await problemOf(response)).toMatchObject({ status: 409, code: 'attempt_not_completed' });
    }
  };
  await ask();
  await candidate.does(starts(0), selects(0, 'A'));
  await ask();
  await ask(recruiter);
});

it('from the acknowledged completion on they are computing or there, never refused', async () => {
  const task = await createTask(admin);
  for (let round = 0; round < 10; round += 1) {
    const candidate = await admitCandidate(admin, api, task);
    await candidate.does(starts(0), selects(0, 'A'), completes(0, 'A'));
    await candidate.results('metrics');
    await candidate.results('skills');
  }
});

it('POST complete completes with what is selected, with or without a body', async () => {
  const task = await createTask(admin);
  for (const details of [undefined, {}, { client_event_id: 'the end', metadata: { by: 'button' } }]) {
    const candidate = await admitCandidate(admin, api, task);
    await candidate.does(starts(0), selects(0, 'A'), changes(0, 'A', 'B'));
    const path = `/attempts/${candidate.attempt_id}/complete`;
    const response = await candidate.api.send('POST', path, details);
    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject({ sequence_number: 4, acknowledged: true });
    const last = (await candidate.log()).at(-1);
    expect(last).toMatchObject({ event_type: 'task_completed', payload: { final_option_code: 'B' } });
    expect(last).toMatchObject(details ?? {});
    await candidate.results('skills');
  }
});

it('POST complete is refused like the event where nothing is selected, to strangers, and the second time', async () => {
  const task = await createTask(admin);
  const candidate = await admitCandidate(admin, api, task);
  const path = `/attempts/${candidate.attempt_id}/complete`;
  expect(await problemOf(await candidate.api.send('POST', path))).toMatchObject({
    status: 409,
    code: 'sequence_violation',
    state: 'waiting_for_start',
    allowed_events: ['task_started'],
  });
  await candidate.does(starts(0));
  expect(await problemOf(await candidate.api.send('POST', path))).toMatchObject({
    code: 'sequence_violation',
    state: { active: { decision: 'undecided' } },
  });
  await candidate.does(selects(0, 'A'));
  const other = await admitCandidate(admin, api, task);
  expect((await problemOf(await other.api.send('POST', path))).status).toBe(403);
  expect((await problemOf(await admin.send('POST', path))).status).toBe(403);
  expect((await problemOf(await api.send('POST', path))).status).toBe(401);
  expect((await candidate.api.send('POST', path, { client_event_id: 'end' })).status).toBe(201);
  expect((await problemOf(await candidate.api.send('POST', path))).code).toBe('attempt_locked');
  expect((await candidate.api.send('POST', path, { client_event_id: 'end' })).status).toBe(201);
  expect(await candidate.log()).toHaveLength(3);
});

it('two candidates at once do not disturb each other', async () => {
  const task = await createTask(admin);
  const [one, two] = await Promise.all([admitCandidate(admin, api, task), admitCandidate(admin, api, task)]);
  const quick = [starts(0), selects(0, 'B'), completes(0, 'B')];
  await Promise.all([one.does(...wholeAttempt), two.does(...quick)]);
  const types = (log: { event_type: string }[]) => log.map(({ event_type }) => event_type);
  expect(types(await one.log())).toEqual(types(wholeAttempt.map((step) => step.act(task))));
  expect(types(await two.log())).toEqual(['task_started', 'option_selected', 'task_completed']);
  expect(await one.results('metrics')).toMatchObject({ risk_metrics: { final_risk_tag: 'low' } });
  expect(await two.results('metrics')).toMatchObject({ risk_metrics: { final_risk_tag: 'medium' } });
});

it('the log comes in pages', async () => {
  const candidate = await admitCandidate(admin, api, await createTask(admin));
  await candidate.does(starts(0), ...Array.from({ length: 6 }, () => views(0, 'A', 1)));
  const page = (query: string) =>
    recruiter.call<{ events: { sequence_number: number }[]; next_after: number | null }>(
      'GET',
      `/attempts/${candidate.attempt_id}/events${query}`,
    );
  const numbers = async (query: string) => {
    const { events, next_after } = await page(query);
    return [...events.map(({ sequence_number }) => sequence_number), next_after];
  };
  expect(await numbers('')).toEqual([1, 2, 3, 4, 5, 6, 7, null]);
  expect(await numbers('?limit=3')).toEqual([1, 2, 3, 3]);
  expect(await numbers('?limit=3&after=3')).toEqual([4, 5, 6, 6]);
  expect(await numbers('?limit=3&after=6')).toEqual([7, null]);
  expect(await numbers('?after=7')).toEqual([null]);
  for (const bad of ['limit=0', 'limit=1001', 'after=-1', 'after=x']) {
    const response = await recruiter.send('GET', `/attempts/${candidate.attempt_id}/events?${bad}`);
    expect((await problemOf(response)).status).toBe(422);
  }
  expect((await candidate.log(2)).length).toBe(7);
});
