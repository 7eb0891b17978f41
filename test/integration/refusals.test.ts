import { describe, expect, it } from 'vitest';
import { EVENT_TYPES } from '../../src/events/event-types.ts';
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
import {
  type AttemptAnswer,
  admitCandidate,
  type Candidate,
  createTask,
  eventually,
  hireRecruiter,
  problemOf,
  registerCandidate,
} from './candidate.ts';

const { admin, api } = await startTestServer();
const task = await createTask(admin);
const silentTask = await createTask(admin, { A: 'low', B: 'high' }, { requires_reasoning: false });
const otherTask = await createTask(admin);
const UNKNOWN = 'f'.repeat(24);

async function given(...steps: Step[]): Promise<Candidate> {
  const candidate = await admitCandidate(admin, api, task);
  await candidate.does(...steps);
  return candidate;
}

/** Posts and looks at the refusal; whatever it was, nothing may have been stored. */
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
    await eventually('the attempt is locked', async () => (await candidate.get()).is_locked || undefined);
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
    // Section 4: refused events add the state and what is allowed, whatever they are refused for.
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

describe('who may', () => {
  it('nobody without credentials', async () => {
    const candidate = await given(starts(0));
    const stranger = candidate.api.as(undefined);
    for (const path of ['', '/events', '/metrics', '/skills']) {
      const response = await stranger.send('GET', `/attempts/${candidate.attempt_id}${path}`);
      expect(await problemOf(response)).toMatchObject({ status: 401, code: 'not_authenticated' });
    }
    for (const credentials of [undefined, 'nonsense', 'a.b.c']) {
      const response = await api.as(credentials).send('POST', '/events', candidate.body(views(0, 'A', 1)));
      expect((await problemOf(response)).status).toBe(401);
    }
    const batch = { events: [candidate.body(views(0, 'A', 1))] };
    expect((await problemOf(await stranger.send('POST', '/events/batch', batch))).status).toBe(401);
  });

  it('no stranger: another candidate’s token or account, and no staff for the candidate', async () => {
    const candidate = await given(starts(0));
    const other = await given(starts(0));
    const account = await registerCandidate(api);
    for (const stranger of [other.api, account.api]) {
      for (const path of ['', '/events', '/metrics', '/skills']) {
        const response = await stranger.send('GET', `/attempts/${candidate.attempt_id}${path}`);
        expect(await problemOf(response)).toMatchObject({ status: 403, code: 'forbidden' });
      }
    }
    for (const stranger of [other.api, account.api, await hireRecruiter(admin), admin]) {
      const response = await stranger.send('POST', '/events', candidate.body(views(0, 'A', 1)));
      expect(await problemOf(response)).toMatchObject({ status: 403, code: 'forbidden' });
    }
    expect(await candidate.log()).toHaveLength(1);
  });

  it('an account may go on with the attempt that it redeemed, without the attempt’s own token', async () => {
    const account = await registerCandidate(api);
    const candidate = await admitCandidate(admin, account.api, task);
    expect(candidate.user_id).toBe(account.user_id);
    const response = await account.api.send('POST', '/events', candidate.body(starts(0)));
    expect(response.status).toBe(201);
  });

  it('an attempt that is unknown or not redeemed takes nothing', async () => {
    const account = await registerCandidate(api);
    const candidate = await given();
    const body = candidate.body(starts(0), { attempt_id: UNKNOWN });
    expect(await problemOf(await account.api.send('POST', '/events', body))).toMatchObject({
      status: 404,
      code: 'not_found',
    });
    for (const path of ['', '/events', '/metrics', '/skills']) {
      const response = await admin.send('GET', `/attempts/${UNKNOWN}${path}`);
      expect((await problemOf(response)).status).toBe(404);
    }
    const completing = await account.api.send('POST', `/attempts/${UNKNOWN}/complete`);
    expect((await problemOf(completing)).status).toBe(404);
  });

  it('metrics do not become readable to strangers by the completion', async () => {
    const candidate = await given(starts(0), selects(0, 'A'), completes(0, 'A'));
    const other = await given();
    await candidate.results('skills');
    for (const results of ['metrics', 'skills']) {
      const path = `/attempts/${candidate.attempt_id}/${results}`;
      expect((await problemOf(await other.api.send('GET', path))).status).toBe(403);
    }
  });
});

describe('the size of an event', () => {
  const ofSize = (candidate: Candidate, bytes: number) => {
    const body = candidate.body(starts(0), { metadata: { filling: '' } });
    const empty = Buffer.byteLength(JSON.stringify(body));
    return { ...body, metadata: { filling: 'x'.repeat(bytes - empty) } };
  };

  it('may be 16 KiB and not one byte more', async () => {
    const candidate = await given();
    const tooLarge = await candidate.api.send('POST', '/events', ofSize(candidate, 16 * 1024 + 1));
    expect(await problemOf(tooLarge)).toMatchObject({ status: 413, code: 'body_too_large' });
    expect(await candidate.log()).toEqual([]);
    const fits = await candidate.api.send('POST', '/events', ofSize(candidate, 16 * 1024));
    expect(fits.status).toBe(201);
  });
});

it('an attempt whose time is over takes nothing more', async () => {
  const hasty = await startTestServer({ ATTEMPT_TTL_SECONDS: '1' });
  // Posted as the account, since the attempt's own token ends with the attempt.
  const account = await registerCandidate(hasty.api);
  const candidate = await admitCandidate(hasty.admin, account.api, await createTask(hasty.admin));
  const post = (step: Step) => account.api.send('POST', '/events', candidate.body(step));
  expect((await post(starts(0))).status).toBe(201);
  const refused = await eventually('the attempt expires', async () => {
    const response = await post(views(0, 'A', 1));
    return response.status === 201 ? undefined : response;
  });
  expect(await problemOf(refused)).toMatchObject({
    status: 409,
    code: 'attempt_expired',
    allowed_events: [],
  });
  const { status, state, allowed_events } = await account.api.call<AttemptAnswer>(
    'GET',
    `/attempts/${candidate.attempt_id}`,
  );
  expect({ status, state, allowed_events }).toEqual({
    status: 'expired',
    state: 'expired',
    allowed_events: [],
  });
  expect((await problemOf(await candidate.post(selects(0, 'A')))).status).toBe(401);
});
