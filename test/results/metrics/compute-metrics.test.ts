import { describe, expect, it } from 'vitest';
import { computeMetrics, IncompleteAttempt } from '../../../src/results/metrics/compute-metrics.ts';
import {
  changes,
  completes,
  recorded,
  type Step,
  selects,
  starts,
  startsReasoning,
  submitsReasoning,
  taskWith,
  updatesReasoning,
  views,
} from '../../support/recorded.ts';

const task = taskWith({ A: 'low', B: 'high', C: 'medium' }, { time_limit_seconds: 60 });

it('computes a whole attempt as one would by hand', () => {
  const events = recorded(task, [
    starts(0),
    views(4_000, 'A', 3_000),
    views(9_000, 'B', 4_000),
    selects(12_000, 'B'),
    startsReasoning(13_000),
    updatesReasoning(20_000, 24, 4),
    submitsReasoning(33_000, 'Given that we have little time, B is quick. Finally, it is cheap.'),
    views(36_000, 'A', 1_500),
    changes(38_000, 'B', 'A'),
    completes(40_000, 'A'),
  ]);
  expect(computeMetrics(events, task)).toEqual({
    time_metrics: {
      total_time_ms: 40_000,
      active_interaction_time_ms: 28_500, // 3 000 + 4 000 + 1 500 viewing, 20 000 reasoning
      hesitation_time_ms: 11_500,
      first_decision_speed_ms: 12_000,
      first_decision_client_ms: 12_000,
      first_action_ms: 4_000,
      longest_pause_ms: 13_000,
    },
    decision_metrics: {
      decision_change_count: 1,
      options_viewed_count: 3,
      unique_options_viewed: 2,
      final_option_view_duration_ms: 4_500,
    },
    reasoning_metrics: {
      reasoning_provided: true,
      word_count: 13,
      logical_keyword_count: 2,
      reasoning_depth_score: 15.6,
    },
    risk_metrics: {
      final_risk_tag: 'low',
      risk_exposure_pattern: ['low', 'high', 'high', 'low', 'low'],
    },
    raw_event_count: 10,
    quality_flags: [],
    version: '1.1.0',
  });
});

describe('what is not a whole attempt', () => {
  const whole = [starts(0), selects(1_000, 'A'), completes(2_000, 'A')];
  const computing = (steps: Step[]) => () => computeMetrics(recorded(task, steps), task);

  it.each<[string, Step[], string]>([
    ['no events', [], 'There is no task_started event.'],
    ['no start', whole.slice(1), 'There is no task_started event.'],
    ['no completion', whole.slice(0, 2), 'There is no task_completed event.'],
    ['no selection', [starts(0), completes(1_000, 'A')], 'No option was selected.'],
    ['an event before the start', [views(0, 'A', 5), ...whole], 'The first event is not task_started.'],
    ['an event after the end', [...whole, views(0, 'A', 5)], 'The last event is not task_completed.'],
    ['a second start', [starts(0), ...whole], 'There are 2 task_started events.'],
    ['a second completion', [...whole, completes(3_000, 'A')], 'There are 2 task_completed events.'],
  ])('%s is refused', (_, steps, message) => {
    expect(computing(steps)).toThrow(new IncompleteAttempt(message));
  });

  it('a gap in the numbering is refused', () => {
    const [first, , last] = recorded(task, [starts(0), views(1, 'A', 1), completes(2, 'A')]);
    const gap = first && last ? [first, last] : [];
    expect(() => computeMetrics(gap, task)).toThrow(
      expect.objectContaining({
        name: 'IncompleteAttempt',
        message: 'Expected sequence number 2 but found 3.',
      }),
    );
    expect(() => computeMetrics(recorded(task, whole).slice(1), task)).toThrow(
      'Expected sequence number 1 but found 2.',
    );
  });

  it('events out of order are refused', () => {
    const backwards = recorded(task, whole).reverse();
    expect(() => computeMetrics(backwards, task)).toThrow(IncompleteAttempt);
  });
});
