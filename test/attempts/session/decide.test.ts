import { describe, expect, it } from 'vitest';
import { CLIENT_CLOCK_LEAD_MS } from '../../../src/attempts/session/client-clock.ts';
import type { BehaviorEvent } from '../../../src/events/event-table.ts';
import {
  abandons,
  changes,
  completes,
  type Step,
  selects,
  starts,
  startsReasoning,
  submitsReasoning,
  taskWith,
  updatesReasoning,
  views,
} from '../../support/recorded.ts';
import { given, NOW, task, withoutReasoning } from './given.ts';

const stranger = taskWith({ A: 'low', X: 'high' }).options.map((option) => ({
  ...option,
  option_id: `ff${option.option_id.slice(2)}`,
}));

const accepted = undefined;
const started = { active: { decision: 'undecided', reasoning: 'not_started' } };
const decided = { active: { decision: 'decided', reasoning: 'not_started' } };
const REASONING = ['reasoning_started', 'reasoning_updated', 'reasoning_submitted'];
const beforeSelection = ['option_viewed', 'option_selected', ...REASONING, 'task_abandoned'];
const afterSelection = [
  'option_viewed',
  'option_selected',
  'option_changed',
  ...REASONING,
  'task_abandoned',
  'task_completed',
];

describe('what follows the rules is accepted', () => {
  it.each<[string, Step[], Step]>([
    ['the start', [], starts(0)],
    ['a view', [starts(0)], views(1, 'A', 0)],
    ['a selection', [starts(0)], selects(1, 'A')],
    ['selecting the same again', [starts(0), selects(1, 'A')], selects(2, 'A')],
    ['selecting another without a change', [starts(0), selects(1, 'A')], selects(2, 'B')],
    ['a change', [starts(0), selects(1, 'A')], changes(2, 'A', 'B')],
    ['a change from what is not selected', [starts(0), selects(1, 'A')], changes(2, 'B', 'C')],
    ['an update without a beginning', [starts(0)], updatesReasoning(1, 10, 2)],
    ['a submission without a beginning', [starts(0)], submitsReasoning(1, '')],
    ['beginning to reason twice', [starts(0), startsReasoning(1)], startsReasoning(2)],
    ['abandoning', [starts(0)], abandons(1)],
    ['resuming by a view', [starts(0), abandons(1)], views(2, 'A', 5)],
    ['resuming by completing', [starts(0), selects(1, 'A'), abandons(2)], completes(3, 'A')],
    ['completing with the selection', [starts(0), selects(1, 'A')], completes(2, 'A')],
    [
      'completing with the change',
      [starts(0), selects(1, 'A'), changes(2, 'A', 'C'), selects(3, 'B'), changes(4, 'B', 'C')],
      completes(5, 'C'),
    ],
  ])('%s', (_, events, event) => {
    expect(given(...events).when(event)).toBe(accepted);
  });
});

describe('what the state forbids is a sequence_violation with the reason, the state and what is allowed', () => {
  const noStart: [string, Step[], Step, RegExp, unknown, string[]][] = [
    views(1, 'A', 1),
    selects(1, 'A'),
    changes(1, 'A', 'B'),
    startsReasoning(1),
    updatesReasoning(1, 1, 1),
    submitsReasoning(1, 'so'),
    abandons(1),
    completes(1, 'A'),
  ].map((event) => [
    `${event.act(task).event_type} before the start`,
    [],
    event,
    /has not started/,
    'waiting_for_start',
    ['task_started'],
  ]);

  it.each<[string, Step[], Step, RegExp, unknown, string[]]>([
    ...noStart,
    ['a second start', [starts(0)], starts(1), /already started/, started, beforeSelection],
    [
      'a start after a break',
      [starts(0), abandons(1)],
      starts(2),
      /already started/,
      'abandoned',
      [...beforeSelection.slice(0, -1)],
    ],
    [
      'a change without a selection',
      [starts(0)],
      changes(1, 'A', 'B'),
      /No option has been selected yet/,
      started,
      beforeSelection,
    ],
    [
      'a change without a selection that would resume',
      [starts(0), abandons(1)],
      changes(2, 'A', 'B'),
      /No option has been selected yet/,
      'abandoned',
      beforeSelection.slice(0, -1),
    ],
    [
      'completing without a selection',
      [starts(0)],
      completes(1, 'A'),
      /send option_selected before/,
      started,
      beforeSelection,
    ],
    [
      'completing with what is not selected any more',
      [starts(0), selects(1, 'A'), changes(2, 'A', 'B')],
      completes(3, 'A'),
      /not the current selection, which is "B"/,
      decided,
      afterSelection,
    ],
    [
      'completing during a break with what is not selected',
      [starts(0), selects(1, 'A'), abandons(2)],
      completes(3, 'B'),
      /not the current selection, which is "A"/,
      'abandoned',
      afterSelection.filter((type) => type !== 'task_abandoned'),
    ],
    [
      'abandoning twice',
      [starts(0), abandons(1)],
      abandons(2),
      /already abandoned/,
      'abandoned',
      beforeSelection.slice(0, -1),
    ],
  ])('%s', (_, events, event, reason, state, allowed_events) => {
    const refusal = given(...events).when(event);
    expect(refusal).toMatchObject({ status: 409, code: 'sequence_violation' });
    expect(refusal?.message).toMatch(reason);
    expect(refusal?.details).toEqual({ state, allowed_events });
  });

  it.each([startsReasoning(1), updatesReasoning(1, 5, 1), submitsReasoning(1, 'so')])(
    'reasoning at a task that does not ask for it (%#)',
    (event) => {
      const refusal = given(starts(0)).at(withoutReasoning).when(event);
      expect(refusal).toMatchObject({ status: 409, code: 'sequence_violation' });
      expect(refusal?.message).toMatch(/does not ask for reasoning/);
      expect(refusal?.details).toEqual({
        state: started,
        allowed_events: ['option_viewed', 'option_selected', 'task_abandoned'],
      });
    },
  );
});

describe('what the task’s options forbid is validation_failed with state and allowed events', () => {
  const [a, b] = task.options;
  const foreign = stranger[1]?.option_id ?? '';
  const [id_a, id_b] = [a?.option_id ?? '', b?.option_id ?? ''];
  const change = (from: [string, string], to: [string, string]): BehaviorEvent => ({
    event_type: 'option_changed',
    payload: { from_option_id: from[0], from_code: from[1], to_option_id: to[0], to_code: to[1] },
  });

  it.each<[string, BehaviorEvent, string[]]>([
    [
      'viewing an option of another task',
      { event_type: 'option_viewed', payload: { option_id: foreign, option_code: 'X', duration_ms: 1 } },
      ['payload.option_id'],
    ],
    [
      'selecting an option of another task',
      { event_type: 'option_selected', payload: { option_id: foreign, option_code: 'X' } },
      ['payload.option_id'],
    ],
    [
      'viewing under the code of another option',
      { event_type: 'option_viewed', payload: { option_id: id_a, option_code: 'B', duration_ms: 1 } },
      ['payload.option_code'],
    ],
    [
      'selecting under the code in another case',
      { event_type: 'option_selected', payload: { option_id: id_a, option_code: 'a' } },
      ['payload.option_code'],
    ],
    ['a change to the same option', change([id_a, 'A'], [id_a, 'A']), ['payload.to_option_id']],
    ['a change from a foreign option', change([foreign, 'X'], [id_a, 'A']), ['payload.from_option_id']],
    ['a change to a foreign option', change([id_a, 'A'], [foreign, 'X']), ['payload.to_option_id']],
    ['a change under a wrong from_code', change([id_a, 'B'], [id_b, 'B']), ['payload.from_code']],
    ['a change under a wrong to_code', change([id_a, 'A'], [id_b, 'A']), ['payload.to_code']],
    [
      'a change that is wrong in everything, with all of it named',
      change([foreign, 'X'], [foreign, 'X']),
      ['payload.from_option_id', 'payload.to_option_id', 'payload.to_option_id'],
    ],
    [
      'completing with a foreign option',
      { event_type: 'task_completed', payload: { final_option_id: foreign, final_option_code: 'X' } },
      ['payload.final_option_id'],
    ],
    [
      'completing under a wrong code',
      { event_type: 'task_completed', payload: { final_option_id: id_a, final_option_code: 'B' } },
      ['payload.final_option_code'],
    ],
  ])('%s', (_, event, paths) => {
    const refusal = given(starts(0), selects(1, 'A')).when(event);
    expect(refusal).toMatchObject({ status: 422, code: 'validation_failed' });
    expect(refusal?.details.errors?.map(({ path }) => path)).toEqual(paths);
    expect(refusal?.details).toMatchObject({ state: decided, allowed_events: afterSelection });
  });

  it('never names an option of the task that the candidate did not name, nor any risk', () => {
    const refusal = given(starts(0)).when({
      event_type: 'option_selected',
      payload: { option_id: foreign, option_code: 'X' },
    });
    expect(JSON.stringify([refusal?.message, refusal?.details])).not.toMatch(/"(low|medium|high)"|risk/);
  });
});

describe('the client’s clock', () => {
  const ahead = (ms: number) => new Date(NOW.getTime() + ms);

  it('may be ahead of the server’s by up to 5 000 ms', () => {
    expect(CLIENT_CLOCK_LEAD_MS).toBe(5000);
    expect(given().when(starts(0), ahead(5000))).toBe(accepted);
    expect(given().when(starts(0), ahead(5001))).toMatchObject({
      status: 422,
      code: 'validation_failed',
      details: {
        errors: [{ path: 'timestamp_client' }],
        state: 'waiting_for_start',
        allowed_events: ['task_started'],
        server_time: NOW,
      },
    });
  });

  it('may be behind by any time', () => {
    expect(given().when(starts(0), ahead(-10 * 365 * 86_400_000))).toBe(accepted);
  });
});
