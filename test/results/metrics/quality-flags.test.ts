import { describe, expect, it } from 'vitest';
import { computeMetrics, QUALITY_FLAGS } from '../../../src/results/metrics/compute-metrics.ts';
import type { Task } from '../../../src/tasks/task.ts';
import {
  abandons,
  changes,
  completes,
  inBatch,
  onClientClock,
  recorded,
  type Step,
  selects,
  starts,
  taskWith,
  views,
} from '../../support/recorded.ts';

function flagsOf(steps: Step[], facts: Partial<Task> = {}) {
  const task = taskWith({ A: 'low', B: 'high' }, facts);
  return computeMetrics(recorded(task, steps), task).quality_flags;
}

it('finds nothing wrong with a plain attempt', () => {
  expect(flagsOf([starts(0), views(900, 'A', 900), selects(1_000, 'A'), completes(2_000, 'A')])).toEqual([]);
});

it('names all it finds, each once, in a fixed order', () => {
  const steps = [
    starts(0),
    onClientClock(9_000, views(1_000, 'A', 500_000)),
    inBatch(selects(1_000, 'A')),
    inBatch(selects(2_000, 'B')),
    abandons(3_000),
    selects(4_000, 'A'),
    abandons(5_000),
    completes(90_000, 'A'),
  ];
  expect(flagsOf(steps, { time_limit_seconds: 60 })).toEqual([...QUALITY_FLAGS]);
});

describe('active_time_exceeds_total', () => {
  const viewing = (duration_ms: number) =>
    flagsOf([starts(0), views(900, 'A', duration_ms), selects(950, 'A'), completes(1_000, 'A')]);

  it('is raised when more was viewed than there was time', () => {
    expect(viewing(1_001)).toEqual(['active_time_exceeds_total']);
  });

  it('is not raised when all the time was viewing', () => {
    expect(viewing(1_000)).toEqual([]);
  });
});

describe('clock_skew', () => {
  it('allows a clock that is set wrong, by however much', () => {
    const yearOff = 365 * 86_400_000;
    const steps = [starts(0), selects(1_000, 'A'), completes(5_000, 'A')];
    expect(flagsOf(steps.map((step) => onClientClock(step.at - yearOff, step)))).toEqual([]);
  });

  it.each([2_000, -2_000])('allows an interval that differs by %d ms', (difference) => {
    const steps = [starts(0), selects(1_000, 'A'), onClientClock(5_000 + difference, completes(5_000, 'A'))];
    expect(flagsOf(steps)).toEqual([]);
  });

  it.each([2_001, -2_001])('is raised when an interval differs by %d ms', (difference) => {
    const steps = [starts(0), selects(1_000, 'A'), onClientClock(5_000 + difference, completes(5_000, 'A'))];
    expect(flagsOf(steps)).toEqual(['clock_skew']);
  });

  it('is raised by one late event in the middle', () => {
    const steps = [starts(0), onClientClock(4_000, selects(8_000, 'A')), completes(9_000, 'A')];
    expect(flagsOf(steps)).toEqual(['clock_skew']);
  });

  it('compares any two events, not only each with the start', () => {
    const steps = [
      starts(0),
      onClientClock(6_500, selects(5_000, 'A')),
      onClientClock(8_500, completes(10_000, 'A')),
    ];
    expect(flagsOf(steps)).toEqual(['clock_skew']);
  });
});

describe('time_limit_exceeded', () => {
  const taking = (ms: number, time_limit_seconds: number | null) =>
    flagsOf([starts(0), selects(1_000, 'A'), completes(ms, 'A')], { time_limit_seconds });

  it('allows the limit itself', () => {
    expect(taking(60_000, 60)).toEqual([]);
  });

  it('is raised one millisecond later', () => {
    expect(taking(60_001, 60)).toEqual(['time_limit_exceeded']);
  });

  it('is never raised without a limit', () => {
    expect(taking(86_400_000, null)).toEqual([]);
  });
});

describe('resumed_after_abandon', () => {
  it('is raised when work went on', () => {
    const steps = [starts(0), abandons(1_000), selects(2_000, 'A'), completes(3_000, 'A')];
    expect(flagsOf(steps)).toEqual(['resumed_after_abandon']);
  });

  it('is raised when the completion itself resumed', () => {
    const steps = [starts(0), selects(1_000, 'A'), abandons(2_000), completes(3_000, 'A')];
    expect(flagsOf(steps)).toEqual(['resumed_after_abandon']);
  });
});

describe('events_batched', () => {
  it('is raised by a single event that came in a batch', () => {
    expect(flagsOf([starts(0), inBatch(selects(1_000, 'A')), completes(2_000, 'A')])).toEqual([
      'events_batched',
    ]);
  });
});

describe('selection_without_change_event', () => {
  const choosing = (...steps: Step[]) => flagsOf([starts(0), ...steps]);

  it('is raised when another option is selected without a change', () => {
    expect(choosing(selects(1, 'A'), selects(2, 'B'), completes(3, 'B'))).toEqual([
      'selection_without_change_event',
    ]);
  });

  it('allows the same option again', () => {
    expect(choosing(selects(1, 'A'), selects(2, 'A'), completes(3, 'A'))).toEqual([]);
  });

  it('allows the option that a change has just led to', () => {
    expect(choosing(selects(1, 'A'), changes(2, 'A', 'B'), selects(3, 'B'), completes(4, 'B'))).toEqual([]);
  });

  it('is raised when a selection goes back behind a change', () => {
    expect(choosing(selects(1, 'A'), changes(2, 'A', 'B'), selects(3, 'A'), completes(4, 'A'))).toEqual([
      'selection_without_change_event',
    ]);
  });
});
