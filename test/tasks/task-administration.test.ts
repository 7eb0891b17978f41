import { describe, expect, it } from 'vitest';
import type { Task } from '../../src/tasks/task.ts';
import { createTask, issueTokens } from '../support/assessment.ts';
import { problemOf } from '../support/problem.ts';
import { startTestServer } from '../support/server.ts';

const { admin, api } = await startTestServer();

const option = (option_code: string, more: object = {}) => ({
  option_code,
  label: `Option ${option_code}`,
  description: 'What it means.',
  risk_tag: 'low',
  metadata: { trade_off_type: 'speed_vs_safety', domain: 'operations' },
  ...more,
});
const content = {
  title: 'Title',
  description: 'Description',
  scenario: 'Scenario',
  category: 'prioritization',
  requires_reasoning: false,
  options: [option('A'), option('B')],
};
const list = (query: string) =>
  admin.call<{ tasks: Task[]; next_cursor: string | null }>('GET', `/tasks?${query}`);

describe('writing a task', () => {
  it('names all mistakes at once', async () => {
    const response = await admin.send('POST', '/tasks', {
      task_code: 'has blanks',
      title: '',
      category: 'riddle',
      options: [
        option('A'),
        option('A', { risk_tag: 'huge' }),
        { ...option('B'), secret: 1 },
        option('C', { metadata: {} }),
      ],
      hint: 'x',
    });
    const { status, errors } = await problemOf(response);
    expect(status).toBe(422);
    expect(new Set(errors?.map(({ path }) => path))).toEqual(
      new Set([
        ...['', 'task_code', 'title', 'description', 'scenario', 'category', 'requires_reasoning', 'options'],
        ...[
          'options.1.risk_tag',
          'options.2',
          'options.3.metadata.trade_off_type',
          'options.3.metadata.domain',
        ],
      ]),
    );
  });

  it.each([1, 13])('takes 2 to 12 options, not %i', async (count) => {
    const options = Array.from({ length: count }, (_, n) => option(`O${n}`));
    const response = await admin.send('POST', '/tasks', { ...content, task_code: 'odd', options });
    expect((await problemOf(response)).errors?.map(({ path }) => path)).toEqual(['options']);
  });

  it('takes a code once, also when two are written at the same time', async () => {
    const write = () => admin.send('POST', '/tasks', { ...content, task_code: 'once' });
    const statuses = (await Promise.all(Array.from({ length: 10 }, write))).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([201, ...Array(9).fill(409)]);
    expect((await list('task_code=once')).tasks).toHaveLength(1);
  });
});

describe('an edit', () => {
  it('makes the next version, and what began with the one before stays with it', async () => {
    const first = await createTask(admin);
    const [before] = await issueTokens(admin, first);
    const { task: second } = await admin.call<{ task: Task }>('PUT', `/tasks/${first.task_id}`, content);
    expect(second).toMatchObject({ task_code: first.task_code, version: 2, is_active: true, title: 'Title' });
    const { tasks } = await list(`task_code=${first.task_code}`);
    expect(tasks.map(({ version, is_active }) => [version, is_active])).toEqual([
      [2, true],
      [1, false],
    ]);

    const redeemed = await api.call<{ task: Task }>('POST', '/attempts', { token: before?.token });
    expect(redeemed.task).toMatchObject({ task_id: first.task_id, version: 1, title: first.title });
    const late = await admin.send('POST', '/tokens/generate', { task_id: first.task_id });
    expect((await problemOf(late)).code).toBe('task_inactive');
  });

  it('at the same time as others makes different versions or is told so', async () => {
    const task = await createTask(admin);
    const edit = () => admin.send('PUT', `/tasks/${task.task_id}`, content);
    const statuses = (await Promise.all(Array.from({ length: 10 }, edit))).map(({ status }) => status);
    for (const status of statuses) expect([201, 409]).toContain(status);
    const { tasks } = await list(`task_code=${task.task_code}`);
    expect(tasks).toHaveLength(1 + statuses.filter((status) => status === 201).length);
    expect(tasks.filter(({ is_active }) => is_active).map(({ version }) => version)).toEqual([
      tasks[0]?.version,
    ]);
  });
});

describe('deactivating', () => {
  it('ends new tokens; those that are out stay good', async () => {
    const task = await createTask(admin);
    const [issued] = await issueTokens(admin, task);
    await admin.call('POST', `/tasks/${task.task_id}/deactivate`);
    const refused = await admin.send('POST', '/tokens/generate', { task_id: task.task_id });
    expect(await problemOf(refused)).toMatchObject({ status: 409, code: 'task_inactive' });
    expect((await api.send('POST', '/attempts', { token: issued?.token })).status).toBe(201);
  });
});

describe('the list', () => {
  it('filters, and comes in pages by code with the newest version first', async () => {
    for (const task_code of ['list-b', 'list-a']) {
      const { task } = await admin.call<{ task: Task }>('POST', '/tasks', {
        ...content,
        task_code,
        category: 'resource_allocation',
      });
      await admin.call('PUT', `/tasks/${task.task_id}`, { ...content, category: 'resource_allocation' });
    }
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: Awaited<ReturnType<typeof list>> = await list(
        `category=resource_allocation&limit=1${cursor && `&cursor=${cursor}`}`,
      );
      seen.push(...page.tasks.map(({ task_code, version }) => `${task_code} ${version}`));
      cursor = page.next_cursor;
    }
    expect(seen.filter((name) => name.startsWith('list-'))).toEqual([
      'list-a 2',
      'list-a 1',
      'list-b 2',
      'list-b 1',
    ]);
    const inactive = await list('category=resource_allocation&is_active=false');
    expect(inactive.tasks.map(({ version }) => version)).toEqual([1, 1]);
    expect(inactive.tasks[0]?.options).toHaveLength(2);
  });

  it('ends a page at 1 MiB with everything counted that the tasks contain', async () => {
    const long = '🦉'.repeat(5000);
    const options = Array.from({ length: 12 }, (_, n) => ({
      ...content.options[0],
      option_code: `O${n}`,
      description: long,
    }));
    for (let n = 0; n < 6; n += 1) {
      await admin.call('POST', '/tasks', {
        ...content,
        task_code: `large-${n}`,
        category: 'risk_assessment',
        options,
      });
    }
    const page = await list('category=risk_assessment&limit=200');
    expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThan(1024 * 1024 + 1000);
    expect(page.next_cursor).not.toBeNull();
    const rest = await list(`category=risk_assessment&limit=200&cursor=${page.next_cursor}`);
    const codes = [...page.tasks, ...rest.tasks].map(({ task_code }) => task_code);
    expect(codes.filter((code) => code.startsWith('large-'))).toEqual(
      Array.from({ length: 6 }, (_, n) => `large-${n}`),
    );
  });
});
