import { expect, it } from 'vitest';
import { AuditLogStore } from '../../src/audit/audit-log-store.ts';
import { auditLog } from '../../src/audit/collection.ts';
import { openAccountApi } from '../accounts/account-api.ts';

const api = await openAccountApi();
const log = new AuditLogStore(api.database.collection(auditLog));
const actor = 'c'.repeat(24);

it('shows administrators who did what, the newest first, in pages', async () => {
  const { access } = await api.signIn('admin@example.org', 'admin');
  for (let n = 1; n <= 5; n++) {
    await log.record({
      actor_id: n === 5 ? null : actor,
      action: 'task_created',
      target_type: 'task',
      target_id: `t${n}`,
    });
  }
  const pages: unknown[][] = [];
  let cursor: unknown = '';
  while (cursor !== null) {
    const query = `action=task_created&limit=2${cursor && `&cursor=${cursor}`}`;
    const { body } = await api.get(`/audit?${query}`, access);
    pages.push((body['entries'] as { target_id: string }[]).map(({ target_id }) => target_id));
    cursor = body['next_cursor'];
  }
  expect(pages).toEqual([['t5', 't4'], ['t3', 't2'], ['t1']]);

  const byActor = await api.get(`/audit?actor_id=${actor}&target_id=t1`, access);
  expect(byActor.body['entries']).toEqual([
    {
      audit_id: expect.stringMatching(/^[0-9a-f]{24}$/),
      actor_id: actor,
      action: 'task_created',
      target_type: 'task',
      target_id: 't1',
      details: {},
      created_at: expect.stringMatching(/Z$/),
    },
  ]);
});

it('is for administrators only, and says what is wrong with a query', async () => {
  const recruiter = await api.signIn('recruiter@example.org', 'recruiter');
  expect((await api.get('/audit')).status).toBe(401);
  expect((await api.get('/audit', recruiter.access)).status).toBe(403);
  const admin = await api.signIn('admin2@example.org', 'admin');
  const { status, body } = await api.get('/audit?limit=1000&cursor=x', admin.access);
  expect(status).toBe(422);
  expect(body.errors?.map(({ path }) => path).sort()).toEqual(['cursor', 'limit']);
});
