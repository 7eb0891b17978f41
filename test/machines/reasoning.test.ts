import { expect, it } from 'vitest';
import { currentMachine } from '../../machines/index.ts';
import { initialState } from '../../src/attempts/session/machine-steps.ts';
import { continueReplay } from '../../src/attempts/session/replay.ts';
import {
  recorded,
  type Step,
  starts,
  startsReasoning,
  submitsReasoning,
  taskWith,
  updatesReasoning,
} from '../support/recorded.ts';

/* Nothing is allowed or refused by how far the reasoning is, but watchers see it. */

const begins = startsReasoning(1);
const updates = updatesReasoning(2, 10, 2);
const submits = submitsReasoning(3, 'so');

it.each<[string, Step[]]>([
  ['not_started', []],
  ['writing', [begins]],
  ['writing', [updates]],
  ['writing', [begins, updates]],
  ['submitted', [submits]],
  ['submitted', [begins, submits]],
  ['writing', [submits, begins]],
  ['writing', [submits, updates]],
  ['submitted', [submits, submits]],
])('is %s after these steps (%#)', (reasoning, steps) => {
  const begun = initialState(currentMachine, { attempt_id: 'a1', requires_reasoning: true });
  const events = recorded(taskWith({ A: 'low', B: 'high' }), [starts(0), ...steps]);
  expect(continueReplay(currentMachine, begun, events).value).toEqual({
    active: { decision: 'undecided', reasoning },
  });
});
