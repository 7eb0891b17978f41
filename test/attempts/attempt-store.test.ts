import fc from 'fast-check';
import { ObjectId } from 'mongodb';
import { expect, it } from 'vitest';
import { AttemptStore } from '../../src/attempts/attempt-store.ts';
import { taskAttempts } from '../../src/attempts/collection.ts';
import type { Projection } from '../../src/attempts/projection.ts';
import { openTestDatabase } from '../support/database.ts';

const stored = (await openTestDatabase()).collection(taskAttempts);

const started = new Date('2026-01-01T10:00:00Z');
const completed = new Date('2026-01-01T10:05:00Z');
const option = { option_id: 'a'.repeat(24), option_code: 'A' };

/** What each process has learnt of one attempt, from its start on. */
const START: Partial<Projection> = { status: 'in_progress', started_at: started };
const DRAFT: Partial<Projection> = { ...START, reasoning_text: 'a draft' };
const EXPIRY: Partial<Projection> = { status: 'expired' };
const COMPLETION: Partial<Projection> = {
  ...START,
  ...{
    status: 'completed',
    completed_at: completed,
    final_selection: option,
    reasoning_text: 'the last word',
  },
};

async function redeemedAttempt(): Promise<string> {
  const _id = new ObjectId();
  const nothingYet = { started_at: null, completed_at: null, final_selection: null, reasoning_text: null };
  const task_id = new ObjectId();
  await stored.insertOne({
    ...{
      _id,
      attempt_token_hash: _id.toHexString(),
      user_id: new ObjectId(),
      task_id,
      issued_by: new ObjectId(),
    },
    ...{ candidate_email: null, status: 'pending', is_locked: false, machine_id: 'attempt-v1' },
    ...{ redeemed_at: started, created_at: started, expires_at: completed, revoked_at: null, ...nothingYet },
  });
  return _id.toHexString();
}

/** Each by a process of its own. */
async function written(changes: Partial<Projection>[]) {
  const attempt_id = await redeemedAttempt();
  for (const change of changes) {
    const store = new AttemptStore(stored);
    store.project(attempt_id, change);
    await store.flush(0);
  }
  return new AttemptStore(stored).find(attempt_id);
}

it('given a completion, in whatever order processes write what they know, then the completion stands', () =>
  fc.assert(
    fc.asyncProperty(fc.shuffledSubarray([START, DRAFT, EXPIRY]), fc.nat(3), async (others, place) => {
      expect(await written(others.toSpliced(place, 0, COMPLETION))).toMatchObject(COMPLETION);
    }),
    { numRuns: 40 },
  ));

it('given no completion, then an expiry stands and what was recorded before is kept', () =>
  fc.assert(
    fc.asyncProperty(fc.shuffledSubarray([START, DRAFT, EXPIRY], { minLength: 1 }), async (changes) => {
      expect(await written(changes)).toMatchObject({
        status: changes.includes(EXPIRY) ? 'expired' : 'in_progress',
        started_at: changes.some((change) => change.started_at) ? started : null,
        reasoning_text: changes.includes(DRAFT) ? 'a draft' : null,
      });
    }),
    { numRuns: 40 },
  ));

it('given a text that waits to be written, then a newer one of another process replaces it', async () => {
  const attempt_id = await redeemedAttempt();
  const store = new AttemptStore(stored);
  store.project(attempt_id, DRAFT);
  store.project(attempt_id, { reasoning_text: 'the last word' }, false);
  store.project(attempt_id, { status: 'completed', completed_at: completed });
  await store.lock(attempt_id, COMPLETION);
  await store.flush(0);
  expect(await store.find(attempt_id)).toMatchObject({ ...COMPLETION, is_locked: true });

  const unlocked = await redeemedAttempt();
  store.project(unlocked, DRAFT);
  store.project(unlocked, { reasoning_text: 'the last word' }, false);
  store.project(unlocked, { status: 'completed', completed_at: completed });
  await store.flush(0);
  expect(await store.find(unlocked)).toMatchObject({ status: 'completed', reasoning_text: 'the last word' });
});

it('given no text that waits to be written, then the one of another process is left to that one', async () => {
  const attempt_id = await redeemedAttempt();
  const store = new AttemptStore(stored);
  store.project(attempt_id, { reasoning_text: 'a draft' }, false);
  store.project(attempt_id, DRAFT);
  await store.flush(0);
  store.project(attempt_id, { ...START, reasoning_text: 'the last word' }, false);
  await store.flush(0);
  expect(await store.find(attempt_id)).toMatchObject({ status: 'in_progress', reasoning_text: 'a draft' });
});

it('a code or text that looks like an expression of the database is stored as it is', async () => {
  const final_selection = { ...option, option_code: '$status' };
  expect(await written([{ ...COMPLETION, final_selection }])).toMatchObject({ final_selection });
  expect(await written([{ ...DRAFT, reasoning_text: '$status' }])).toMatchObject({
    reasoning_text: '$status',
  });
});
