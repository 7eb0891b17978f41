import { expect, it } from 'vitest';
import { AuditLogStore } from '../../src/audit/audit-log-store.ts';
import { createAccount, hireRecruiter, PASSWORD, registerCandidate } from '../support/accounts.ts';
import { createTask, issueTokens } from '../support/assessment.ts';
import { admitCandidate } from '../support/candidate.ts';
import { closing } from '../support/live-watcher.ts';
import { completes, selects, starts } from '../support/recorded.ts';
import { startTestServer } from '../support/server.ts';

const { admin, api, services } = await startTestServer();

interface Entry {
  audit_id: string;
  actor_id: string | null;
  action: string;
  target_type: string;
  target_id: string;
  details: Record<string, unknown>;
  created_at: string;
}

/** The entries of an action about a target, the earliest first, once everything counted so far is recorded. */
async function entriesOf(action: string, by: Partial<Pick<Entry, 'actor_id' | 'target_id'>> = {}) {
  await services.audit.writeDue(true);
  const query = new URLSearchParams({ action, ...(by as Record<string, string>) });
  return (await admin.call<{ entries: Entry[] }>('GET', `/audit?${query}`)).entries.toReversed();
}

it('tells who issued, revoked, created, edited, deactivated and read, and who was refused a record', async () => {
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
  const people = new Map<string | null, string>([
    [boss, 'admin'],
    [clerk, 'recruiter'],
    [candidate.user_id, 'candidate'],
  ]);
  const told = entries
    .toReversed()
    .map(({ actor_id, action, target_type }) => `${people.get(actor_id) ?? '?'} ${action} ${target_type}`);
  expect(told).toEqual([
    'admin account_created user',
    'admin task_created task',
    'recruiter tokens_issued task',
    'recruiter tokens_issued task',
    'recruiter token_revoked attempt',
    'recruiter metrics_read attempt',
    'recruiter skills_read attempt',
    'recruiter profile_read user',
    'candidate access_refused user',
    'admin task_edited task',
    'admin task_deactivated task',
    'admin account_deactivated user',
    'admin account_reactivated user',
  ]);
});

it('tells of failed log-ins: the first at once, the others with their number', async () => {
  const recruiter = await createAccount(admin, 'recruiter', 'guessed@example.com');
  const { user_id } = recruiter.user;
  const wrong = { password: 'not the password of anybody' };
  const guess = (email: string) => api.send('POST', '/auth/login', { ...wrong, email });
  for (let n = 0; n < 5; n++) {
    for (const email of ['guessed@example.com', `nobody-${n}@example.com`]) {
      expect((await guess(email)).status).toBe(401);
    }
  }
  for (const target_id of [user_id, 'unknown']) {
    expect(await entriesOf('log_in_failed', { target_id })).toMatchObject([
      { actor_id: null, target_type: 'user', target_id, details: {} },
      {
        target_id,
        details: { count: 4, first_at: expect.any(String), last_at: expect.any(String) },
      },
    ]);
  }
  const change = { current_password: wrong.password, new_password: PASSWORD };
  await api.as(recruiter.access_token).send('POST', '/auth/password', change);
  expect(await entriesOf('password_change_failed', { target_id: user_id })).toMatchObject([
    { actor_id: user_id },
  ]);
});

it('tells who tried the records of others, over whatever way, in two entries at most', async () => {
  const candidate = await admitCandidate(admin, api, await createTask(admin));
  await candidate.does(starts(0));
  const { api: stranger, user_id } = await registerCandidate(api);
  const unknown = 'e'.repeat(24);
  const event = candidate.body(selects(0, 'A'));
  await stranger.send('GET', `/attempts/${candidate.attempt_id}`);
  await stranger.send('GET', `/attempts/${unknown}/skills`);
  await stranger.send('POST', '/events', event);
  await stranger.send('POST', '/events/batch', { events: [event] });
  await stranger.send('POST', `/attempts/${candidate.attempt_id}/complete`);
  await closing(stranger.watch(candidate.attempt_id));
  // What is refused for another reason is not a try at a record.
  await stranger.send('GET', '/tasks');
  await candidate.post(starts(0));
  expect(await entriesOf('access_refused', { actor_id: user_id })).toMatchObject([
    { target_type: 'attempt', target_id: candidate.attempt_id, details: {} },
    { target_type: 'attempt', details: { count: 5, target_ids: [unknown, candidate.attempt_id] } },
  ]);
});

it('tells which staff read lists, and events with what a candidate wrote', async () => {
  const { access_token, user } = await createAccount(admin, 'recruiter');
  const recruiter = api.as(access_token);
  const { attempt_id, ...candidate } = await admitCandidate(recruiter, api, await createTask(admin));
  for (const path of ['', '/events', '/states']) {
    await recruiter.call('GET', `/attempts/${attempt_id}${path}`);
    await recruiter.call('GET', `/attempts/${attempt_id}${path}`);
  }
  for (const path of ['', '/events']) await candidate.api.call('GET', `/attempts/${attempt_id}${path}`);
  for (const path of ['/attempts', '/tokens', '/tokens']) await recruiter.call('GET', path);
  const { user_id: actor_id } = user;
  for (const action of ['attempt_read', 'events_read', 'states_read']) {
    expect(await entriesOf(action, { target_id: attempt_id })).toMatchObject([
      { actor_id, details: {} },
      { actor_id, details: { count: 1 } },
    ]);
  }
  expect(await entriesOf('attempts_listed', { actor_id })).toMatchObject([{ target_id: 'list' }]);
  expect(await entriesOf('tokens_listed', { actor_id })).toHaveLength(2);
});

it('can be added to and read, and there is no code to change it', () => {
  const methods = Object.getOwnPropertyNames(AuditLogStore.prototype);
  expect(methods.toSorted()).toEqual(['constructor', 'read', 'record']);
});
