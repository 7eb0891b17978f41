import fc from 'fast-check';
import { ObjectId } from 'mongodb';
import { expect, it } from 'vitest';
import { ATTEMPT_STATUSES } from '../../../src/attempts/attempt.ts';
import { AttemptProjector } from '../../../src/attempts/stored/attempt-projector.ts';
import { AttemptStore } from '../../../src/attempts/stored/attempt-store.ts';
import { taskAttempts } from '../../../src/attempts/stored/collection.ts';
import { type Projection, projectionOfAll } from '../../../src/attempts/stored/projection.ts';
import type { RecordedEvent } from '../../../src/events/recorded-event.ts';
import { openTestDatabase } from '../../support/database.ts';
import {
  completes,
  recorded,
  type Step,
  starts,
  submitsReasoning,
  taskWith,
} from '../../support/recorded.ts';

const attempts = (await openTestDatabase()).collection(taskAttempts);

const now = new Date('2026-01-01T10:00:00Z');
const task = taskWith({ A: 'low', B: 'high' });

/** What each process has noted about one attempt, from its start on. */
type Lesson = (projector: AttemptProjector, attempt_id: string) => void;
const records =
  (...steps: Step[]): Lesson =>
  (projector, attempt_id) => {
    for (const event of eventsOf(attempt_id, steps)) projector.noteRecorded(event);
  };
const START = records(starts(0));
const DRAFT = records(starts(0), submitsReasoning(1, 'a draft'));
/** The events that another process notes after the draft. */
const LATER: Lesson = (projector, attempt_id) => {
  const events = eventsOf(attempt_id, [
    starts(0),
    submitsReasoning(1, 'a draft'),
    LAST_WORD,
    completes(3, 'A'),
  ]);
  for (const event of events.slice(2)) projector.noteRecorded(event);
};
const LAST_WORD = submitsReasoning(2, 'the last word');
const EXPIRY: Lesson = (projector, attempt_id) => projector.noteExpired(attempt_id);
const COMPLETION = records(starts(0), LAST_WORD, completes(3, 'A'));

const eventsOf = (attempt_id: string, steps: Step[]): RecordedEvent[] =>
  recorded(task, steps).map((event) => ({ ...event, attempt_id }));
const [first, , last] = recorded(task, [starts(0), LAST_WORD, completes(3, 'A')]);
const started = first?.timestamp_server;
const COMPLETED = {
  status: 'completed',
  started_at: started,
  completed_at: last?.timestamp_server,
  final_selection: { option_id: task.options[0]?.option_id, option_code: 'A' },
  reasoning_text: 'the last word',
};

async function redeemedAttempt(): Promise<string> {
  const _id = new ObjectId();
  const nothingYet = { started_at: null, completed_at: null, final_selection: null, reasoning_text: null };
  const task_id = new ObjectId();
  await attempts.insertOne({
    _id,
    attempt_token_hash: _id.toHexString(),
    user_id: new ObjectId(),
    task_id,
    issued_by: new ObjectId(),
    candidate_email: null,
    status: 'pending',
    is_locked: false,
    machine_id: 'attempt-v1',
    redeemed_at: now,
    created_at: now,
    expires_at: now,
    revoked_at: null,
    ...nothingYet,
  });
  return _id.toHexString();
}

const newProjector = () => new AttemptProjector(attempts);
const stored = (attempt_id: string) => new AttemptStore(attempts, newProjector()).find(attempt_id);

/** Each change is written by its own process. */
async function written(lessons: Lesson[]) {
  const attempt_id = await redeemedAttempt();
  for (const learn of lessons) {
    const projector = newProjector();
    learn(projector, attempt_id);
    await projector.flush(0);
  }
  return stored(attempt_id);
}

it('given a completion, in whatever order processes write what they know, then the completion stands', () =>
  fc.assert(
    fc.asyncProperty(fc.shuffledSubarray([START, DRAFT, EXPIRY]), fc.nat(3), async (others, place) => {
      expect(await written(others.toSpliced(place, 0, COMPLETION))).toMatchObject(COMPLETED);
    }),
    { numRuns: 40 },
  ));

it('given no completion, then an expiry stands and what was recorded before is kept', () =>
  fc.assert(
    fc.asyncProperty(fc.shuffledSubarray([START, DRAFT, EXPIRY], { minLength: 1 }), async (lessons) => {
      expect(await written(lessons)).toMatchObject({
        status: lessons.includes(EXPIRY) ? 'expired' : 'in_progress',
        started_at: lessons.includes(START) || lessons.includes(DRAFT) ? started : null,
        reasoning_text: lessons.includes(DRAFT) ? 'a draft' : null,
      });
    }),
    { numRuns: 40 },
  ));

it('given several texts, in whatever order processes write what they know, then the last one stands', () =>
  fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray([1, 2, 3, 4], { minLength: 4 }),
      fc.boolean(),
      async (order, expires) => {
        const whole = [starts(0), ...[1, 2, 3].map((n) => submitsReasoning(n, `text ${n}`))];
        const lessons = order.map((length) => records(...whole.slice(0, length)));
        expect(await written(expires ? [...lessons, EXPIRY] : lessons)).toMatchObject({
          status: expires ? 'expired' : 'in_progress',
          reasoning_text: 'text 3',
          reasoning_sequence_number: 4,
        });
      },
    ),
    { numRuns: 30 },
  ));

it('given a text that waits to be written, then a newer one of another process replaces it', async () => {
  const attempt_id = await redeemedAttempt();
  const projector = newProjector();
  DRAFT(projector, attempt_id);
  LATER(projector, attempt_id);
  await projector.lock(attempt_id, COMPLETED as Partial<Projection>);
  await projector.flush(0);
  expect(await stored(attempt_id)).toMatchObject({ ...COMPLETED, is_locked: true });

  const unlocked = await redeemedAttempt();
  DRAFT(projector, unlocked);
  LATER(projector, unlocked);
  await projector.flush(0);
  expect(await stored(unlocked)).toMatchObject({ status: 'completed', reasoning_text: 'the last word' });
});

it('given a text that an earlier release wrote without its number, then a later one replaces it', async () => {
  const attempt_id = await redeemedAttempt();
  await attempts.updateOne({ _id: new ObjectId(attempt_id) }, { $set: { reasoning_text: 'of old' } });
  const projector = newProjector();
  DRAFT(projector, attempt_id);
  await projector.flush(0);
  expect(await stored(attempt_id)).toMatchObject({ reasoning_text: 'a draft' });
});

it('given a stored attempt that lacks what its journal says, then that is written, text and all', async () => {
  const attempt_id = await redeemedAttempt();
  const projector = newProjector();
  const attempt = await stored(attempt_id);
  const events = eventsOf(attempt_id, [starts(0), LAST_WORD, completes(3, 'A')]);
  if (attempt) projector.noteMissing(attempt, projectionOfAll(events));
  await projector.flush(0);
  const repaired = await stored(attempt_id);
  expect(repaired).toMatchObject(COMPLETED);
  if (repaired) projector.noteMissing(repaired, projectionOfAll(events));
  expect(projector.pendingChange(attempt_id)).toBeUndefined();
});

it('given what is noted late of an earlier moment, then the later text and status that wait stay', async () => {
  const attempt_id = await redeemedAttempt();
  const projector = newProjector();
  const attempt = await stored(attempt_id);
  LATER(projector, attempt_id);
  if (attempt)
    projector.noteMissing(
      attempt,
      projectionOfAll(eventsOf(attempt_id, [starts(0), submitsReasoning(1, 'a draft')])),
    );
  projector.noteExpired(attempt_id);
  await projector.flush(0);
  expect(await stored(attempt_id)).toMatchObject({ status: 'completed', reasoning_text: 'the last word' });
});

it('a code or text that looks like an expression of the database is stored as it is', async () => {
  const priced = taskWith({ $status: 'low', B: 'high' });
  const completion: Lesson = (projector, attempt_id) => {
    for (const event of recorded(priced, [starts(0), completes(3, '$status')])) {
      projector.noteRecorded({ ...event, attempt_id });
    }
  };
  expect(await written([completion])).toMatchObject({
    final_selection: { option_id: priced.options[0]?.option_id, option_code: '$status' },
  });
  expect(await written([records(starts(0), submitsReasoning(1, '$status'))])).toMatchObject({
    reasoning_text: '$status',
  });
});

it('of two statuses the later one comes first in the alphabet, which is how updates tell them apart', () => {
  const later = ['completed', 'expired', 'in_progress', 'pending'];
  expect(ATTEMPT_STATUSES.toSorted()).toEqual(later);
});
