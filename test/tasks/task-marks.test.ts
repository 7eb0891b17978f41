import { describe, expect, it } from 'vitest';
import type { TaskMarks } from '../../src/tasks/general-marks.ts';
import type { Task } from '../../src/tasks/task.ts';
import { createTask, issueTokens } from '../support/assessment.ts';
import { admitCandidate } from '../support/candidate.ts';
import { problemOf } from '../support/problem.ts';
import { completes, selects, starts } from '../support/recorded.ts';
import { startTestServer } from '../support/server.ts';

/* A task's own thresholds: written by administrators, read by staff, used by the rules, seen by no candidate. */

const { admin, api } = await startTestServer();

const option = (option_code: string) => ({
  option_code,
  label: `Option ${option_code}`,
  description: 'What it means.',
  risk_tag: 'low',
  metadata: { trade_off_type: 'speed_vs_safety', domain: 'operations' },
});
const content = {
  title: 'Three pages',
  description: 'Description',
  scenario: 'Scenario',
  category: 'prioritization',
  requires_reasoning: false,
  options: [option('A'), option('B')],
};
const marks: TaskMarks = {
  fast_first_decision_ms: 60_000,
  slow_first_decision_ms: 90_000,
  coverage_share: 0.5,
};

let codes = 0;
async function write(marks: unknown): Promise<Response> {
  codes += 1;
  return admin.send('POST', '/tasks', { ...content, task_code: `pages-${codes}`, marks });
}
const written = async (marks: unknown) => ((await (await write(marks)).json()) as { task: Task }).task;

describe('writing marks', () => {
  it('takes a mark that is null as absent', async () => {
    const task = await written({ ...marks, few_changes: null, detailed_words: null });
    expect(task.marks).toStrictEqual(marks);
  });

  it('keeps them with the version, and staff read them', async () => {
    const task = await written(marks);
    expect(task.marks).toEqual(marks);
    const { task: read } = await admin.call<{ task: Task }>('GET', `/tasks/${task.task_id}`);
    expect(read.marks).toEqual(marks);
  });

  it.each([undefined, null, {}])('takes %o for none', async (none) => {
    expect((await written(none)).marks).toEqual({});
  });

  it('belongs to an edit like everything else, and leaves the version before as it was', async () => {
    const first = await written(marks);
    const edit = { ...content, marks: { few_changes: 2 } };
    const { task: second } = await admin.call<{ task: Task }>('PUT', `/tasks/${first.task_id}`, edit);
    expect(second).toMatchObject({ version: 2, marks: { few_changes: 2 } });
    const { task: before } = await admin.call<{ task: Task }>('GET', `/tasks/${first.task_id}`);
    expect(before.marks).toEqual(marks);
  });

  it.each<[object, string]>([
    [{ fast_first_decision_ms: 0 }, 'marks.fast_first_decision_ms'],
    [{ fast_first_decision_ms: 1.5 }, 'marks.fast_first_decision_ms'],
    [{ coverage_share: 1.01 }, 'marks.coverage_share'],
    [{ coverage_share: 0 }, 'marks.coverage_share'],
    [{ few_changes: -1 }, 'marks.few_changes'],
    [{ detailed_words: '50' }, 'marks.detailed_words'],
    [{ quick_first_decision_ms: 1 }, 'marks'],
    // Against each other, and against the general mark of the other one.
    [{ fast_first_decision_ms: 50_000, slow_first_decision_ms: 40_000 }, 'marks.fast_first_decision_ms'],
    [{ fast_first_decision_ms: 30_001 }, 'marks.fast_first_decision_ms'],
    [{ slow_first_decision_ms: 9_999 }, 'marks.slow_first_decision_ms'],
    [{ few_changes: 3 }, 'marks.few_changes'],
    [{ many_changes: 1 }, 'marks.many_changes'],
  ])('refuses %o', async (wrong, path) => {
    const { status, errors } = await problemOf(await write(wrong));
    expect([status, errors?.map((error) => error.path)]).toEqual([422, [path]]);
  });

  it('lets fast and slow meet', async () => {
    expect((await write({ fast_first_decision_ms: 30_000 })).status).toBe(201);
  });
});

describe('a candidate', () => {
  it('never sees them', async () => {
    const task = await written(marks);
    const [issued] = await issueTokens(admin, task);
    const validated = await (await api.send('GET', `/tokens/${issued?.token}/validate`)).text();
    const redeemed = await api.call<{ access_token: string }>('POST', '/attempts', { token: issued?.token });
    const own = await (await api.as(redeemed.access_token).send('GET', `/tasks/${task.task_id}`)).text();
    for (const heard of [validated, JSON.stringify(redeemed), own]) {
      expect(heard).toContain('Three pages');
      expect(heard).not.toMatch(/marks|fast_first|60000|90000/);
    }
  });
});

it('the rules read an attempt by the marks of its version, and the explanation says whose they are', async () => {
  const task = await written({ fast_first_decision_ms: 1, slow_first_decision_ms: 1 });
  const candidate = await admitCandidate(admin, api, task);
  await candidate.does(starts(0), selects(0, 'A'), completes(0, 'A'));
  const profile = await candidate.results<{
    explanation: { rule: string; conditions: { threshold: unknown; threshold_of: string }[] }[];
  }>('skills', '?explain=true');
  const decisive = profile.explanation.find(({ rule }) => rule === 'decision_style.decisive');
  expect(decisive?.conditions).toMatchObject([
    { threshold: 1, threshold_of: 'task' },
    { threshold: 1, threshold_of: 'general' },
  ]);
});

it('a task that says nothing of them has none', async () => {
  expect((await createTask(admin)).marks).toEqual({});
});
