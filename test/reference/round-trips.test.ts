import { expect, it } from 'vitest';
import { PASSWORD, registerCandidate } from '../support/accounts.ts';
import { createTask, issueToken } from '../support/assessment.ts';
import { admitCandidate } from '../support/candidate.ts';
import { problemOf } from '../support/problem.ts';
import { starts } from '../support/recorded.ts';
import { startTestServer } from '../support/server.ts';

const { admin, api } = await startTestServer();
const task = await createTask(admin);

/** The item of a list whose field has this value. */
async function listed<Name extends string>(path: string, name: Name, field: string, value: string) {
  const page = await admin.call<Record<Name, Record<string, unknown>[]>>('GET', path);
  return page[name].find((item) => item[field] === value);
}

it('a task is the same in the list, alone, and as the answer to its making', async () => {
  const item = await listed(`/tasks?task_code=${task.task_code}`, 'tasks', 'task_id', task.task_id);
  expect(item).toEqual(task);
  expect(await admin.call('GET', `/tasks/${task.task_id}`)).toEqual({ task });
});

it('what a list says of a task may be put back, too', async () => {
  const made = await createTask(admin);
  const item = await listed(`/tasks?task_code=${made.task_code}`, 'tasks', 'task_id', made.task_id);
  const { task: next } = await admin.call<{ task: object }>('PUT', `/tasks/${made.task_id}`, item);
  expect(next).toMatchObject({ task_code: made.task_code, version: 2, title: made.title });
});

it('an attempt alone has what the list says of it, and where it stands', async () => {
  const candidate = await admitCandidate(admin, api, task);
  await candidate.does(starts(0));
  const { issued_by } = await admin.call<{ issued_by: string }>('GET', `/attempts/${candidate.attempt_id}`);
  await expect
    .poll(() => listed(`/attempts?issued_by=${issued_by}`, 'attempts', 'attempt_id', candidate.attempt_id))
    .toMatchObject({ status: 'in_progress' });
  const item = await listed('/attempts', 'attempts', 'attempt_id', candidate.attempt_id);
  expect(await admin.call('GET', `/attempts/${candidate.attempt_id}`)).toMatchObject(item ?? {});
});

it('a token in the list is the one that was issued, without its secret', async () => {
  const { token: _, ...issued } = await issueToken(admin, task);
  const item = await listed('/tokens', 'tokens', 'attempt_id', issued.attempt_id);
  expect(item).toMatchObject({ ...issued });
  expect(item).not.toHaveProperty('token');
});

it('a changed password answers what a log-in does', async () => {
  const account = await registerCandidate(api);
  const change = { current_password: PASSWORD, new_password: `${PASSWORD}-and-more` };
  const changed = await account.api.call<object>('POST', '/auth/password', change);
  const login = await api.call<object>('POST', '/auth/login', {
    email: account.email,
    password: change.new_password,
  });
  expect(Object.keys(changed).toSorted()).toEqual(Object.keys(login).toSorted());
});

it('an account that does not exist cannot be deactivated', async () => {
  const answer = await admin.send('POST', `/users/${'f'.repeat(24)}/deactivate`, {});
  expect((await problemOf(answer)).status).toBe(404);
});
