import { expect, it } from 'vitest';
import { candidateTask } from '../../src/tasks/task-view.ts';
import { taskWith } from '../support/recorded.ts';

it('shows a candidate these fields of a task and its options, and no field that is added later', () => {
  const task = taskWith({ A: 'low', B: 'high' });
  const grown = {
    ...task,
    recommended_option: 'A',
    options: task.options.map((option) => ({ ...option, risk_score: 0.9, explanation: 'the safe one' })),
  };
  const shown = candidateTask(grown);
  expect(Object.keys(shown).toSorted()).toEqual([
    'category',
    'description',
    'options',
    'requires_reasoning',
    'scenario',
    'task_code',
    'task_id',
    'time_limit_seconds',
    'title',
    'version',
  ]);
  for (const option of shown.options) {
    expect(Object.keys(option).toSorted()).toEqual([
      'description',
      'display_order',
      'label',
      'option_code',
      'option_id',
    ]);
  }
});
