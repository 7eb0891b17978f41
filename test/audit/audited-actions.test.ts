import { expect, it } from 'vitest';
import { AuditLogStore } from '../../src/audit/audit-log-store.ts';
import { hireRecruiter } from '../support/accounts.ts';
import { createTask, issueTokens } from '../support/assessment.ts';
import { admitCandidate } from '../support/candidate.ts';
import { completes, selects, starts } from '../support/recorded.ts';
import { startTestServer } from '../support/server.ts';

const { admin, api } = await startTestServer();

interface Entry {
  audit_id: string;
  actor_id: string;
  action: string;
  target_type: string;
  target_id: string;
  created_at: string;
}

it('tells who issued, revoked, created, edited, deactivated and read, and of nobody who was refused', async () => {
  const since = new Date().toISOString();
  const recruiter = await hireRecruiter(admin);
  const idOf = (client: typeof admin) =>
    client.call<{ user_id: string }>('GET', '/auth/me').then(({ user_id }) => user_id);
  const [boss, clerk] = [await idOf(admin), await idOf(recruiter)];

  const task = await createTask(admin);
  const candidate = await admitCandidate(recruiter, api, task);
  await candidate.does(starts(0), selects(0, 'A'), completes(0, 'A'));
  await candidate.results('skills');
  const [unused] = await issueTokens(recruiter, task);
  await recruiter.call('POST', '/tokens/revoke', { attempt_id: unused?.attempt_id });
  await recruiter.call('GET', `/attempts/${candidate.attempt_id}/metrics`);
  await recruiter.call('GET', `/attempts/${candidate.attempt_id}/skills`);
  await recruiter.call('GET', `/users/${candidate.user_id}/profile`);
  for (const path of [`/users/${candidate.user_id}/profile`, '/audit']) {
    expect((await candidate.api.send('GET', path)).status).toBe(403);
  }
  const { title, description, scenario, category, requires_reasoning, options } = task;
  const edit = { title, description, scenario, category, requires_reasoning };
  await admin.call('PUT', `/tasks/${task.task_id}`, {
    ...edit,
    options: options.map(({ option_id: _, display_order: __, ...option }) => option),
  });
  await admin.call('POST', `/tasks/${task.task_id}/deactivate`);
  await admin.call('POST', `/users/${clerk}/deactivate`, {});
  await admin.call('POST', `/users/${clerk}/reactivate`, {});

  const { entries } = await admin.call<{ entries: Entry[] }>('GET', `/audit?from=${since}`);
  const told = entries.toReversed().map(({ actor_id, action, target_type }) => {
    return [actor_id === boss ? 'admin' : actor_id === clerk ? 'recruiter' : '?', action, target_type].join(
      ' ',
    );
  });
  expect(told).toEqual([
    'admin account_created user',
    'admin task_created task',
    'recruiter tokens_issued task',
    'recruiter tokens_issued task',
    'recruiter token_revoked attempt',
    'recruiter metrics_read attempt',
    'recruiter skills_read attempt',
    'recruiter profile_read user',
    'admin task_edited task',
    'admin task_deactivated task',
    'admin account_deactivated user',
    'admin account_reactivated user',
  ]);
});

it('can be added to and read, and there is no code to change it', () => {
  const methods = Object.getOwnPropertyNames(AuditLogStore.prototype);
  expect(methods.toSorted()).toEqual(['constructor', 'read', 'record']);
});
