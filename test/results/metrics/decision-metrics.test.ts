import { expect, it } from 'vitest';
import { computeMetrics } from '../../../src/results/metrics/compute-metrics.ts';
import {
  changes,
  completes,
  recorded,
  type Step,
  selects,
  starts,
  taskWith,
  views,
} from '../../support/recorded.ts';

const task = taskWith({ A: 'low', B: 'high', C: 'medium' });

function decisionsOf(...steps: Step[]) {
  return computeMetrics(recorded(task, steps), task).decision_metrics;
}

it('counts views, different options viewed, changes, and how long the final option was viewed', () => {
  const decisions = decisionsOf(
    starts(0),
    views(1_000, 'A', 800),
    views(2_000, 'B', 900),
    selects(3_000, 'A'),
    views(4_000, 'B', 700),
    changes(5_000, 'A', 'B'),
    completes(6_000, 'B'),
  );
  expect(decisions).toEqual({
    decision_change_count: 1,
    options_viewed_count: 3,
    unique_options_viewed: 2,
    final_option_view_duration_ms: 1_600,
  });
});

it('counts only announced changes, also back to an earlier option', () => {
  const decisions = decisionsOf(
    starts(0),
    selects(1_000, 'A'),
    selects(2_000, 'B'),
    changes(3_000, 'B', 'A'),
    changes(4_000, 'A', 'B'),
    completes(5_000, 'B'),
  );
  expect(decisions.decision_change_count).toBe(2);
});

it('has zeros where nothing was viewed', () => {
  expect(decisionsOf(starts(0), selects(1_000, 'A'), completes(2_000, 'A'))).toEqual({
    decision_change_count: 0,
    options_viewed_count: 0,
    unique_options_viewed: 0,
    final_option_view_duration_ms: 0,
  });
});

it('does not take the time of another option for that of the final one', () => {
  const decisions = decisionsOf(starts(0), views(900, 'B', 900), selects(1_000, 'A'), completes(2_000, 'A'));
  expect(decisions.final_option_view_duration_ms).toBe(0);
});
