import { expect, it } from 'vitest';
import type { Refusal } from '../../../src/errors.ts';
import type { BehaviorEvent } from '../../../src/events/event-table.ts';
import {
  abandons,
  changes,
  completes,
  selects,
  starts,
  startsReasoning,
  submitsReasoning,
  updatesReasoning,
  views,
} from '../../support/recorded.ts';
import { given, NOW, task, withoutReasoning } from './given.ts';

/* What a front end's developer reads who does not know the machine. */

const [A, B] = task.options;
const changeToItself = { ...changes(1, 'A', 'A').act(task) };
const viewOf = (payload: object): BehaviorEvent =>
  ({ event_type: 'option_viewed', payload: { duration_ms: 1, ...payload } }) as BehaviorEvent;
const NO_REASONING = 'This task does not ask for reasoning.';

it.each<[string, Refusal | undefined]>([
  ['The attempt has not started; "option_viewed" needs task_started first.', given().when(views(0, 'A', 1))],
  ['The attempt has already started.', given(starts(0)).when(starts(1))],
  [
    'The attempt is already abandoned; any other event resumes it.',
    given(starts(0), abandons(1)).when(abandons(2)),
  ],
  [
    'No option has been selected yet, so there is none to change; send option_selected first.',
    given(starts(0)).when(changes(1, 'A', 'B')),
  ],
  [
    'No option has been selected yet; send option_selected before task_completed.',
    given(starts(0)).when(completes(1, 'A')),
  ],
  [
    'The final option is not the current selection, which is "A".',
    given(starts(0), selects(1, 'A')).when(completes(2, 'B')),
  ],
  [NO_REASONING, given(starts(0)).at(withoutReasoning).when(startsReasoning(1))],
  [
    NO_REASONING,
    given(starts(0))
      .at(withoutReasoning)
      .when(updatesReasoning(1, 2, 1)),
  ],
  [NO_REASONING, given(starts(0)).at(withoutReasoning).when(submitsReasoning(1, 'so'))],
  [
    'The attempt is completed; nothing more is recorded.',
    given(starts(0), selects(1, 'A'), completes(2, 'A')).when(views(3, 'A', 1)),
  ],
  [
    'The attempt has expired; nothing more is recorded.',
    given(starts(0))
      .expiring(NOW)
      .when(views(1, 'A', 1)),
  ],
  ['No option has been selected yet, so the attempt cannot be completed.', given(starts(0)).whenCompleting()],
])('%s', (message, refusal) => {
  expect(refusal?.message).toBe(message);
});

it.each<[string, string, Refusal | undefined]>([
  [
    'timestamp_client',
    "is 5001 ms ahead of the server's clock; at most 5000 ms is accepted",
    given(starts(0)).when(views(1, 'A', 1), new Date(NOW.getTime() + 5001)),
  ],
  [
    'payload.option_id',
    'is not an option of this task',
    given(starts(0)).when(viewOf({ option_id: 'f'.repeat(24), option_code: 'A' })),
  ],
  [
    'payload.option_code',
    `is not the code of option ${A?.option_id}, which is "A"`,
    given(starts(0)).when(viewOf({ option_id: A?.option_id, option_code: B?.option_code })),
  ],
  [
    'payload.to_option_id',
    'must differ from from_option_id',
    given(starts(0), selects(1, 'A')).when(changeToItself),
  ],
])('%s %s', (path, message, refusal) => {
  expect(refusal?.details.errors).toEqual([{ path, message }]);
});
