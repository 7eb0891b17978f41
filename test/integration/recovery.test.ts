import { type Collection, ObjectId } from 'mongodb';
import { expect, it } from 'vitest';
import { type AttemptDocument, taskAttempts } from '../../src/attempts/stored/collection.ts';
import { computedMetrics, skillProfiles } from '../../src/results/collections.ts';
import { createTask } from '../support/assessment.ts';
import { admitCandidate } from '../support/candidate.ts';
import { sharedDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { completes, selects, starts } from '../support/recorded.ts';
import { startTestServer } from '../support/server.ts';

it('an attempt that was marked as expired while its completion was recorded is completed at the next start', async () => {
  const shared = {
    ...sharedDatabase(),
    JWT_SECRET: 'the same secret before and after the restart',
  };
  const before = await startTestServer(shared);
  const candidate = await admitCandidate(before.admin, before.api, await createTask(before.admin));
  await candidate.does(starts(0), selects(0, 'A'), completes(0, 'A'));
  const metrics = await candidate.results('metrics');
  // The state after a crash right after the acknowledgement, when the sweep had run first.
  const { database } = before.services;
  const attempt_id = new ObjectId(candidate.attempt_id);
  const locked = (attempts: Collection<AttemptDocument>) =>
    eventually(async () => {
      const stored = await attempts.findOne({ _id: attempt_id });
      expect(stored).toMatchObject({ is_locked: true });
      return stored;
    });
  await locked(database.collection(taskAttempts));
  await database
    .collection(taskAttempts)
    .updateOne(
      { _id: attempt_id },
      { $set: { status: 'expired', is_locked: false, completed_at: null, final_selection: null } },
    );
  await database.collection(computedMetrics).deleteMany({ attempt_id });
  await database.collection(skillProfiles).deleteMany({ attempt_id });
  await before.stop();

  const after = await startTestServer(shared);
  const stored = await locked(after.services.database.collection(taskAttempts));
  expect(stored).toMatchObject({ status: 'completed', completed_at: expect.any(Date) });
  const again = await after.admin.call<object>('GET', `/attempts/${candidate.attempt_id}/metrics`);
  expect({ ...again, computed_at: null }).toEqual({ ...(metrics as object), computed_at: null });
});
