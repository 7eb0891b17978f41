import { describe, expect, it } from 'vitest';
import { EVENT_TYPES } from '../../src/events/event-table.ts';
import { createTask } from '../support/assessment.ts';
import { admitCandidate, type Candidate } from '../support/candidate.ts';
import { problemOf } from '../support/problem.ts';
import {
  abandons,
  changes,
  completes,
  type Step,
  selects,
  starts,
  startsReasoning,
  submitsReasoning,
  updatesReasoning,
  views,
} from '../support/recorded.ts';
import { startTestServer } from '../support/server.ts';

const { admin, api } = await startTestServer();
const task = await createTask(admin);
const silentTask = await createTask(admin, { A: 'low', B: 'high' }, { requires_reasoning: false });
const otherTask = await createTask(admin);

async function given(...steps: Step[]): Promise<Candidate> {
  const candidate = await admitCandidate(admin, api, task);
  await candidate.does(...steps);
  return candidate;
}

/** Posts an event and checks the refusal; in any case nothing may have been stored. */
async function refusalOf(candidate: Candidate, ...post: Parameters<Candidate['post']>) {
  const before = await candidate.get();
  const problem = await problemOf(await candidate.post(...post));
  expect(await candidate.get()).toEqual(before);
  expect(await candidate.log()).toHaveLength(before.sequence_number);
  return problem;
}

const BEFORE_SELECTION = [
  'option_viewed',
  'option_selected',
  'reasoning_started',
  'reasoning_updated',
  'reasoning_submitted',
];
const undecided = { active: { decision: 'undecided', reasoning: 'not_started' } };
const decided = { active: { decision: 'decided', reasoning: 'not_started' } };
const afterSelection = [
  'option_viewed',
  'option_selected',
  'option_changed',
  'reasoning_started',
  'reasoning_updated',
  'reasoning_submitted',
  'task_abandoned',
  'task_completed',
];

describe('what the state forbids is 409 sequence_violation', () => {
  const ofEveryType: Step[] = [
    starts(0),
    views(0, 'A', 1),
    selects(0, 'A'),
    changes(0, 'A', 'B'),
    startsReasoning(0),
    updatesReasoning(0, 1, 1),
    submitsReasoning(0, 'so'),
    abandons(0),
    completes(0, 'A'),
  ];

  it('anything before the start', async () => {
    const candidate = await given();
    for (const step of ofEveryType.slice(1)) {
      expect(await refusalOf(candidate, step)).toMatchObject({
        status: 409,
        code: 'sequence_violation',
        state: 'waiting_for_start',
        allowed_events: ['task_started'],
      });
    }
  });

  it.each<[string, Step[], Step, unknown, string[]]>([
    ['a second start', [starts(0)], starts(0), undecided, [...BEFORE_SELECTION, 'task_abandoned']],
    ['a start during a break', [starts(0), abandons(0)], starts(0), 'abandoned', BEFORE_SELECTION],
    ['a second break', [starts(0), abandons(0)], abandons(0), 'abandoned', BEFORE_SELECTION],
    [
      'a change without a selection',
      [starts(0)],
      changes(0, 'A', 'B'),
      undecided,
      [...BEFORE_SELECTION, 'task_abandoned'],
    ],
    [
      'a completion without a selection',
      [starts(0)],
      completes(0, 'A'),
      undecided,
      [...BEFORE_SELECTION, 'task_abandoned'],
    ],
    [
      'a completion with what is not selected',
      [starts(0), selects(0, 'A')],
      completes(0, 'B'),
      decided,
      afterSelection,
    ],
  ])('%s', async (_, events, event, state, allowed_events) => {
    const problem = await refusalOf(await given(...events), event);
    expect(problem).toMatchObject({ status: 409, code: 'sequence_violation', state, allowed_events });
  });

  it('reasoning at a task that does not ask for it', async () => {
    const candidate = await admitCandidate(admin, api, silentTask);
    await candidate.does(starts(0));
    for (const step of [startsReasoning(0), updatesReasoning(0, 1, 1), submitsReasoning(0, 'so')]) {
      expect(await refusalOf(candidate, step)).toMatchObject({
        status: 409,
        code: 'sequence_violation',
        allowed_events: ['option_viewed', 'option_selected', 'task_abandoned'],
      });
    }
  });

  it('after the completion every type is refused as attempt_locked, at once and when the results are there', async () => {
    const candidate = await given(starts(0), selects(0, 'A'), completes(0, 'A'));
    expect(ofEveryType.map((step) => step.act(task).event_type)).toEqual(EVENT_TYPES);
    const allRefused = async () => {
      for (const step of ofEveryType) {
        const problem = await problemOf(await candidate.post(step));
        expect(problem).toMatchObject({ status: 409, code: 'attempt_locked', allowed_events: [] });
        expect(problem.state).toBeTruthy();
      }
    };
    await allRefused();
    await candidate.results('skills');
    await candidate.locked();
    await allRefused();
    expect(await candidate.log()).toHaveLength(3);
  });
});

describe('what the task or the clock forbids is 422 validation_failed with state and allowed events', () => {
  const [a] = task.options;
  const foreign = otherTask.options[0]?.option_id ?? '';

  it.each<[string, string, object, string]>([
    ['an option of another task', 'option_selected', { option_id: foreign, option_code: 'A' }, 'option_id'],
    [
      'a code of another option',
      'option_selected',
      { option_id: a?.option_id, option_code: 'B' },
      'option_code',
    ],
    [
      'a view of an option of another task',
      'option_viewed',
      { option_id: foreign, option_code: 'A', duration_ms: 5 },
      'option_id',
    ],
    [
      'a change to the same option',
      'option_changed',
      { from_option_id: a?.option_id, to_option_id: a?.option_id, from_code: 'A', to_code: 'A' },
      'to_option_id',
    ],
    [
      'a completion with an option of another task',
      'task_completed',
      { final_option_id: foreign, final_option_code: 'A' },
      'final_option_id',
    ],
  ])('%s', async (_, event_type, payload, field) => {
    const candidate = await given(starts(0), selects(0, 'A'));
    const event = { event_type, payload } as Parameters<Candidate['post']>[0];
    expect(await refusalOf(candidate, event)).toMatchObject({
      status: 422,
      code: 'validation_failed',
      errors: [{ path: `payload.${field}` }],
      state: decided,
      allowed_events: afterSelection,
    });
  });

  it('a client’s clock that is more than 5 s ahead', async () => {
    const candidate = await given();
    const at = (ms: number) => ({ timestamp_client: new Date(Date.now() + ms).toISOString() });
    expect(await refusalOf(candidate, starts(0), at(60_000))).toMatchObject({
      status: 422,
      errors: [{ path: 'timestamp_client' }],
      state: 'waiting_for_start',
      allowed_events: ['task_started'],
    });
    expect((await candidate.post(starts(0), at(4500))).status).toBe(201);
  });
});

describe('what the schema forbids is 422 validation_failed', () => {
  it.each<[string, object, string[]]>([
    ['an unknown type', { event_type: 'task_paused' }, ['event_type']],
    ['an event of the machine itself', { event_type: 'xstate.stop' }, ['event_type']],
    ['a signal of the server', { event_type: 'attempt_expired' }, ['event_type']],
    ['a time without an offset', { timestamp_client: '2025-01-15T10:00:00' }, ['timestamp_client']],
    ['no payload', { payload: undefined }, ['payload']],
    [
      'several things at once',
      { event_type: 'option_viewed', payload: { duration_ms: -1 } },
      ['payload.option_id', 'payload.option_code', 'payload.duration_ms'],
    ],
  ])('%s', async (_, wrong, paths) => {
    const candidate = await given();
    const response = await candidate.api.send('POST', '/events', { ...candidate.body(starts(0)), ...wrong });
    const problem = await problemOf(response);
    expect(problem).toMatchObject({ status: 422, code: 'validation_failed' });
    expect(problem.errors?.map(({ path }) => path)).toEqual(paths);
    // Section 4: every refusal of an event contains the state and the allowed events, whatever its reason.
    expect(problem).toMatchObject({ state: 'waiting_for_start', allowed_events: ['task_started'] });
    expect(await candidate.log()).toEqual([]);
  });

  it('a body that is no event at all', async () => {
    const candidate = await given();
    for (const body of [[], 'x', 7, {}]) {
      const problem = await problemOf(await candidate.api.send('POST', '/events', body));
      expect(problem).toMatchObject({ status: 422, code: 'validation_failed' });
    }
  });

  it('one candidate’s unstorable event disturbs no other, however many write at the time', async () => {
    const [villain, ...others] = await Promise.all(Array.from({ length: 10 }, () => given(starts(0))));
    const poison = { event_type: 'task_abandoned' as const, payload: { x: { _bsontype: 'ObjectId' } } };
    const statuses = await Promise.all([
      ...Array.from({ length: 5 }, () => villain?.post(poison)),
      ...others.flatMap((other) => [other.post(views(0, 'A', 1)), other.post(views(0, 'B', 1))]),
    ]);
    expect(statuses.map((response) => response?.status)).toEqual([
      ...Array(5).fill(422),
      ...Array(18).fill(201),
    ]);
  });
});
