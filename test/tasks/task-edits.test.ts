import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tasks } from '../../src/tasks/collections.ts';
import type { Task } from '../../src/tasks/task.ts';
import { logIn } from '../support/accounts.ts';
import { contentOf, createTask } from '../support/assessment.ts';
import { problemOf } from '../support/problem.ts';
import { taskWith } from '../support/recorded.ts';
import { ADMIN, startTestServer } from '../support/server.ts';

const { admin, api, services, url } = await startTestServer();
const { access_token: token } = await logIn(api, ADMIN);

const content = contentOf(taskWith({ A: 'low', B: 'high' }));
const option = (option_code: string, more: object = {}) => ({ ...content.options[0], option_code, ...more });

interface Read {
  body: { task: Task };
  tag: string;
}
const readTask = async (task_id: string): Promise<Read> => {
  const response = await admin.send('GET', `/tasks/${task_id}`);
  return { body: (await response.json()) as Read['body'], tag: response.headers.get('etag') ?? '' };
};
const put = (task_id: string, body: unknown, tag?: string) =>
  fetch(`${url}/api/v1/tasks/${task_id}`, {
    method: 'PUT',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      ...(tag && { 'if-match': tag }),
    },
    body: JSON.stringify(body),
  });
const versionsOf = async ({ task_code }: Task) =>
  (await admin.call<{ tasks: Task[] }>('GET', `/tasks?task_code=${task_code}`)).tasks.map(
    ({ version, title }) => `${version} ${title}`,
  );

/** The ways to name the version that was read. */
const ways: [string, (read: Read, title: string) => Promise<Response>][] = [
  ['what GET gave', ({ body: { task } }, title) => put(task.task_id, { task: { ...task, title } })],
  ['version', ({ body: { task } }, title) => put(task.task_id, { ...content, title, version: task.version })],
  ['If-Match', ({ body: { task }, tag }, title) => put(task.task_id, { ...content, title }, tag)],
  [
    'If-Match as a compressing proxy changes it',
    ({ body: { task }, tag }, title) => put(task.task_id, { ...content, title }, `W/${tag}`),
  ],
  [
    'version and If-Match',
    ({ body: { task }, tag }, title) => put(task.task_id, { ...content, title, version: task.version }, tag),
  ],
  ['only the id', ({ body: { task } }, title) => put(task.task_id, { ...content, title })],
  ['only the id, If-Match: *', ({ body: { task } }, title) => put(task.task_id, { ...content, title }, '*')],
];

describe('of two editors', () => {
  it.each(ways)('the later one is told so: %s', async (_, edit) => {
    const task = await createTask(admin);
    const read = await readTask(task.task_id);
    const { task: made } = (await (await edit(read, 'mine')).json()) as Read['body'];
    expect(made).toMatchObject({ version: 2, title: 'mine' });
    expect(await problemOf(await edit(read, 'theirs'))).toMatchObject({
      status: 409,
      code: 'stale_version',
      current: { task_id: made.task_id, version: 2 },
      detail: expect.stringContaining(`GET /api/v1/tasks/${made.task_id}`),
    });
    expect(await versionsOf(task)).toEqual(['2 mine', `1 ${task.title}`]);
  });

  it.each(ways)('at the same moment make one version, and the others are told so: %s', async (_, edit) => {
    const task = await createTask(admin);
    const read = await readTask(task.task_id);
    const answers = await Promise.all(Array.from({ length: 6 }, (_, n) => edit(read, `editor ${n}`)));
    const refused = answers.filter(({ status }) => status !== 201);
    expect(refused).toHaveLength(5);
    for (const answer of refused) {
      expect(await problemOf(answer)).toMatchObject({ code: 'stale_version', current: { version: 2 } });
    }
    expect(await versionsOf(task)).toHaveLength(2);
  });

  it('one may name the newest version under the id of an older one', async () => {
    const task = await createTask(admin);
    await put(task.task_id, { ...content, title: 'second' });
    expect((await put(task.task_id, { ...content, title: 'third', version: 2 })).status).toBe(201);
    expect((await put(task.task_id, { ...content, title: 'fourth' }, '"3"')).status).toBe(201);
    expect(await versionsOf(task)).toEqual(['4 fourth', '3 third', '2 second', `1 ${task.title}`]);
  });

  it.each([
    [{ version: 2 }, undefined, 'version', 'there is no version 2; the newest is 1'],
    [{ version: 1 }, '"2"', 'version', 'is 1, but If-Match names version 2; send one of them'],
    [{ version: '1' }, undefined, 'version', ''],
    [{}, 'abc', 'If-Match', 'must be the ETag that GET'],
    [{}, '"1", "2"', 'If-Match', 'must be the ETag that GET'],
  ])('%o with If-Match %s is refused', async (more, tag, path, message) => {
    const task = await createTask(admin);
    const { status, errors } = await problemOf(await put(task.task_id, { ...content, ...more }, tag));
    expect([status, errors]).toEqual([422, [{ path, message: expect.stringContaining(message) }]]);
    expect(await versionsOf(task)).toHaveLength(1);
  });

  it('one who closes a version meanwhile: the other does not open it again unknowingly', async () => {
    const task = await createTask(admin);
    const { body, tag } = await readTask(task.task_id);
    await admin.call('POST', `/tasks/${task.task_id}/deactivate`);
    for (const refused of [await put(task.task_id, body), await put(task.task_id, content, tag)]) {
      const problem = await problemOf(refused);
      expect(problem).toMatchObject({
        code: 'stale_version',
        current: { task_id: task.task_id, version: 1 },
      });
      expect(problem.detail).toContain('was deactivated after you read it');
    }
    const closed = await readTask(task.task_id);
    expect(closed.tag).not.toBe(tag);
    expect((await put(task.task_id, closed.body, closed.tag)).status).toBe(201);
  });

  it('one on another server reads what is true now', async () => {
    const second = await startTestServer({ MONGODB_DATABASE: services.config.mongodbDatabase });
    const task = await createTask(admin);
    const there = async () => (await second.admin.call<Read['body']>('GET', `/tasks/${task.task_id}`)).task;
    expect((await there()).is_active).toBe(true);
    await put(task.task_id, content);
    expect((await there()).is_active).toBe(false);
    const late = await second.admin.send('PUT', `/tasks/${task.task_id}`, content);
    expect((await problemOf(late)).code).toBe('stale_version');
  });
});

describe('an edit', () => {
  it('may send all that GET gave, and no field that an edit cannot change is changed in silence', async () => {
    const task = await createTask(admin);
    const stored = await services.database.collection(tasks).findOne({ task_code: task.task_code });
    const dates = { created_at: stored?.created_at, updated_at: stored?.updated_at };
    const { body } = await readTask(task.task_id);
    const [a, b, c] = body.task.options;
    const other = 'f'.repeat(24);
    const refused: [object, string][] = [
      [{ task_id: other }, 'task_id'],
      [{ task_code: 'another-code' }, 'task_code'],
      [{ is_active: false }, 'is_active'],
      [{ created_at: new Date(0) }, 'created_at'],
      [{ updated_at: new Date(0) }, 'updated_at'],
      [{ options: [{ ...a, option_id: other }, b, c] }, 'options.0.option_id'],
      [
        {
          options: [
            { ...a, option_id: b?.option_id },
            { ...b, option_id: a?.option_id },
          ],
        },
        'options.0.option_id',
      ],
      [{ options: [a, b, { ...c, option_code: 'NEW', option_id: a?.option_id }] }, 'options.2.option_id'],
      [{ issued_by: other }, ''],
    ];
    for (const [change, path] of refused) {
      const { status, errors } = await problemOf(
        await put(task.task_id, { task: { ...body.task, ...change } }),
      );
      expect([change, status, errors?.[0]?.path]).toEqual([change, 422, path]);
    }
    expect(await versionsOf(task)).toHaveLength(1);
    const made = await put(task.task_id, { task: { ...body.task, ...dates } });
    const next = ((await made.json()) as Read['body']).task;
    const same = ({ options, ...facts }: Task) => ({
      ...facts,
      task_id: '',
      version: 0,
      options: options.map((option) => ({ ...option, option_id: '' })),
    });
    expect(same(next)).toEqual(same(task));
  });

  it('moves options in the array or by display_order', async () => {
    const codes = 'ABCD';
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([...codes], { minLength: 2 }),
        fc.boolean(),
        async (wanted, byNumber) => {
          const task = await createTask(admin, { A: 'low', B: 'low', C: 'high', D: 'medium' });
          const { body } = await readTask(task.task_id);
          const kept = body.task.options.filter(({ option_code }) => wanted.includes(option_code));
          const place = ({ option_code }: { option_code: string }) => wanted.indexOf(option_code);
          const options = byNumber
            ? kept.map((each) => ({ ...each, display_order: place(each) }))
            : kept.toSorted((one, other) => place(one) - place(other));
          const answer = await put(task.task_id, { task: { ...body.task, options } });
          const { task: next } = (await answer.json()) as Read['body'];
          expect(next.options.map(({ option_code }) => option_code)).toEqual(wanted);
          expect(next.options.map(({ display_order }) => display_order)).toEqual(wanted.map((_, n) => n));
        },
      ),
      { numRuns: 20 },
    );
  });

  it('is refused where the array and display_order were changed in different ways', async () => {
    const task = await createTask(admin);
    const { body } = await readTask(task.task_id);
    const [a, b, c] = body.task.options;
    const unclear = [
      [c, { ...b, display_order: 3 }, a],
      [{ ...a, display_order: 2 }, b, { ...c, display_order: 2 }, { ...option('D'), display_order: 1 }],
      [{ ...a, display_order: 2 }, b, option('D')],
    ];
    for (const options of unclear) {
      const refused = await problemOf(await put(task.task_id, { ...body.task, options }));
      expect(refused.errors?.map(({ path }) => path)).toEqual(['options']);
    }
    const added = [a, { ...option('NEW'), display_order: 1 }, b, c];
    const answer = await put(task.task_id, { ...body.task, options: added });
    const { task: next } = (await answer.json()) as Read['body'];
    expect(next.options.map(({ option_code }) => option_code)).toEqual(['A', 'NEW', 'B', 'C']);
  });

  it('may write texts as long as they may be in any script', async () => {
    const description = '長'.repeat(10_000);
    const { task } = await admin.call<Read['body']>('POST', '/tasks', {
      ...content,
      task_code: 'long',
      description,
      scenario: description,
      options: [option('A', { description }), option('B', { description })],
    });
    const { body } = await readTask(task.task_id);
    expect((await put(task.task_id, body)).status).toBe(201);
  });
});
