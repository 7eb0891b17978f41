import { expect, it } from 'vitest';
import { computeMetrics, ForeignOption } from '../../../src/results/metrics/compute-metrics.ts';
import { changes, completes, recorded, selects, starts, taskWith, views } from '../../support/recorded.ts';

const task = taskWith({ A: 'low', B: 'high', C: 'medium' });

it('follows the risks met by viewing, selecting and changing to, in order, without the completion', () => {
  const events = recorded(task, [
    starts(0),
    views(1_000, 'C', 500),
    views(2_000, 'B', 500),
    selects(3_000, 'B'),
    views(4_000, 'A', 500),
    changes(5_000, 'B', 'A'),
    completes(6_000, 'A'),
  ]);
  expect(computeMetrics(events, task).risk_metrics).toEqual({
    final_risk_tag: 'low',
    risk_exposure_pattern: ['medium', 'high', 'high', 'low', 'low'],
  });
});

it('refuses events that name an option of another task', () => {
  const events = recorded(task, [starts(0), selects(1_000, 'C'), completes(2_000, 'C')]);
  const otherTask = { ...task, options: task.options.slice(0, 2) };
  const foreign = task.options[2]?.option_id;
  expect(() => computeMetrics(events, otherTask)).toThrow(ForeignOption);
  expect(() => computeMetrics(events, otherTask)).toThrow(
    expect.objectContaining({ name: 'ForeignOption', message: `The task has no option ${foreign}.` }),
  );
});
