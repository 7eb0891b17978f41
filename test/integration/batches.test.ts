import { expect, it } from 'vitest';
import type { BehaviorEvent } from '../../src/events/event-table.ts';
import { createTask } from '../support/assessment.ts';
import { type Ack, admitCandidate, type Candidate } from '../support/candidate.ts';
import { problemOf } from '../support/problem.ts';
import {
  changes,
  completes,
  type Step,
  selects,
  starts,
  submitsReasoning,
  views,
} from '../support/recorded.ts';
import { startTestServer } from '../support/server.ts';

const { admin, api } = await startTestServer();
const task = await createTask(admin);
const newCandidate = () => admitCandidate(admin, api, task);

type Verdict = Ack | { acknowledged: false; status: number; code: string; detail: string };

const sendBatch = (candidate: Candidate, events: unknown[]) =>
  candidate.api.send('POST', '/events/batch', { events });

async function verdicts(candidate: Candidate, ...events: (Step | object)[]): Promise<Verdict[]> {
  const bodies = events.map((event) => ('act' in event ? candidate.body(event as Step) : event));
  const response = await sendBatch(candidate, bodies);
  expect(response.status).toBe(201);
  return ((await response.json()) as { results: Verdict[] }).results;
}

const acknowledged = (sequence_number: number) => ({ acknowledged: true, sequence_number });
const notTried = { acknowledged: false, status: 409, code: 'not_tried' };

it('a whole attempt in one batch: a verdict for each, in order, and the results', async () => {
  const candidate = await newCandidate();
  const results = await verdicts(
    candidate,
    starts(0),
    views(0, 'A', 10),
    selects(0, 'A'),
    changes(0, 'A', 'C'),
    completes(0, 'C'),
  );
  expect(results).toMatchObject([1, 2, 3, 4, 5].map(acknowledged));
  const log = await candidate.log();
  expect(log.map(({ event_id }) => event_id)).toEqual(results.map((verdict) => (verdict as Ack).event_id));
  expect(await candidate.results('metrics')).toMatchObject({
    raw_event_count: 5,
    quality_flags: expect.arrayContaining(['events_batched']),
  });
});

it('a batch of one is not marked as a batch', async () => {
  const candidate = await newCandidate();
  await verdicts(candidate, starts(0));
  await verdicts(candidate, selects(0, 'A'));
  await verdicts(candidate, completes(0, 'A'));
  const { quality_flags } = await candidate.results<{ quality_flags: string[] }>('metrics');
  expect(quality_flags).not.toContain('events_batched');
});

it('stops at the first refusal, and what was accepted before it stays', async () => {
  const candidate = await newCandidate();
  const results = await verdicts(
    candidate,
    starts(0),
    selects(0, 'A'),
    completes(0, 'B'),
    views(0, 'A', 1),
    views(0, 'B', 1),
  );
  expect(results).toMatchObject([
    acknowledged(1),
    acknowledged(2),
    {
      acknowledged: false,
      status: 409,
      code: 'sequence_violation',
      state: { active: { decision: 'decided' } },
      allowed_events: expect.arrayContaining(['task_completed']),
    },
    notTried,
    notTried,
  ]);
  expect(await candidate.log()).toHaveLength(2);
  expect(await candidate.does(views(0, 'A', 1))).toMatchObject([acknowledged(3)]);
});

it('what follows the completion is refused in the same batch already', async () => {
  const candidate = await newCandidate();
  const results = await verdicts(candidate, starts(0), selects(0, 'A'), completes(0, 'A'), views(0, 'A', 1));
  expect(results[3]).toMatchObject({ status: 409, code: 'attempt_locked', allowed_events: [] });
  expect(await candidate.log()).toHaveLength(3);
});

it('an event in the middle that fits no schema, or is too large, is a refusal like any other', async () => {
  const filling = { filling: 'x'.repeat(64 * 1024) };
  for (const [wrong, status, code] of [
    [{ event_type: 'task_paused' }, 422, 'validation_failed'],
    [{ payload: 'none' }, 422, 'validation_failed'],
    [{ metadata: filling }, 413, 'body_too_large'],
  ] as const) {
    const candidate = await newCandidate();
    const malformed = { ...candidate.body(views(0, 'A', 1)), ...wrong };
    const results = await verdicts(candidate, starts(0), malformed, views(0, 'A', 1));
    expect(results).toMatchObject([acknowledged(1), { acknowledged: false, status, code }, notTried]);
    expect(await candidate.log()).toHaveLength(1);
  }
});

it('a malformed event is answered with the state that the events before it have led to', async () => {
  const candidate = await newCandidate();
  const malformed = { ...candidate.body(starts(0)), event_type: 'task_paused' };
  const [, , refused] = await verdicts(candidate, starts(0), selects(0, 'A'), malformed);
  expect(refused).toMatchObject({
    status: 422,
    state: { active: { decision: 'decided' } },
    allowed_events: expect.arrayContaining(['option_changed', 'task_completed']),
  });
});

it('a refusal by the state comes before a malformed event that follows it', async () => {
  const candidate = await newCandidate();
  const malformed = { ...candidate.body(starts(0)), event_type: 'task_paused' };
  expect(await verdicts(candidate, selects(0, 'A'), malformed)).toMatchObject([
    { status: 409, code: 'sequence_violation' },
    notTried,
  ]);
});

it('is refused as a whole when it is empty, too long, for no attempt or no batch at all', async () => {
  const candidate = await newCandidate();
  const view = candidate.body(views(0, 'A', 1));
  await candidate.does(starts(0));
  for (const events of [[], Array(101).fill(view), ['x', view], [{}, view], 'x']) {
    const problem = await problemOf(await sendBatch(candidate, events as unknown[]));
    expect(problem).toMatchObject({ status: 422, code: 'validation_failed' });
  }
  expect(await candidate.log()).toHaveLength(1);
});

it('an event of another attempt, or none at all, is refused like any other; those before it stay', async () => {
  const other = await newCandidate();
  for (const wrong of [other.body(starts(0)), 'x', {}, null]) {
    const candidate = await newCandidate();
    const response = await sendBatch(candidate, [
      candidate.body(starts(0)),
      wrong,
      candidate.body(views(0, 'A', 1)),
    ]);
    const { results } = (await response.json()) as { results: Verdict[] };
    expect(results).toMatchObject([acknowledged(1), { status: 422, code: 'validation_failed' }, notTried]);
    expect(await candidate.log()).toHaveLength(1);
  }
  expect(await other.log()).toEqual([]);
});

it('may hold 100 events of nearly 10 KiB each', async () => {
  const candidate = await newCandidate();
  const text = 'ä'.repeat(3000);
  const reasoning = (n: number): BehaviorEvent => ({
    event_type: 'reasoning_submitted',
    payload: { text, word_count: n, ...{ extra: 'x'.repeat(4000) } },
  });
  const long = Array.from({ length: 99 }, (_, n) => candidate.body(reasoning(n)));
  const results = await verdicts(candidate, candidate.body(starts(0)), ...long);
  expect(results.every(({ acknowledged }) => acknowledged)).toBe(true);
  expect(await candidate.log(1000)).toHaveLength(100);
});

it('no other event comes between those of a batch', async () => {
  const candidate = await newCandidate();
  await candidate.does(starts(0));
  const batches = Array.from({ length: 5 }, (_, batch) =>
    verdicts(
      candidate,
      ...Array.from({ length: 10 }, () => ({
        ...candidate.body(submitsReasoning(0, `batch ${batch}`)),
      })),
    ),
  );
  const singles = Array.from({ length: 10 }, () => candidate.does(views(0, 'A', 1)));
  const results = await Promise.all(batches);
  await Promise.all(singles);
  for (const batch of results) {
    const numbers = batch.map((verdict) => (verdict as Ack).sequence_number);
    expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
  }
  expect((await candidate.log()).map(({ sequence_number }) => sequence_number)).toEqual(
    Array.from({ length: 61 }, (_, index) => index + 1),
  );
});

it('a batch that is repeated with the same client_event_ids gets the same acknowledgements', async () => {
  const candidate = await newCandidate();
  const steps = [starts(0), views(0, 'A', 1), selects(0, 'A'), completes(0, 'A')];
  const events = steps.map((step, n) => candidate.body(step, { client_event_id: `e${n}` }));
  const first = await verdicts(candidate, ...events);
  expect(await verdicts(candidate, ...events)).toEqual(first);
  expect(await candidate.log()).toHaveLength(4);
});
