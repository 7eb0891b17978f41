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
  submitsReasoning,
  taskWith,
  views,
} from '../../support/recorded.ts';

/** The step as it is recorded when its client time was accepted for the constant difference of the clocks. */
const corrected = (step: Step): Step => ({
  ...step,
  record: { ...step.record, client_clock_corrected: true },
});

const TASK = { A: 'low', B: 'high' } as const;

/** The flags of an attempt in which both options were glanced at before anything else. */
function flagsOf([start, ...steps]: [Step, ...Step[]], facts: Partial<Task> = {}) {
  const glances = ['A', 'B'].map((code) =>
    onClientClock(start.client_at ?? start.at, views(start.at, code, 0)),
  );
  return flagsOfRecord([start, ...glances, ...steps], facts);
}

/** The flags of exactly these steps. */
function flagsOfRecord(steps: Step[], facts: Partial<Task> = {}) {
  const task = taskWith(TASK, facts);
  return computeMetrics(recorded(task, steps), task).quality_flags;
}

it('finds nothing wrong with a plain attempt', () => {
  expect(flagsOf([starts(0), views(900, 'A', 900), selects(1_000, 'A'), completes(2_000, 'A')])).toEqual([]);
});

it('names all it finds, each once, in a fixed order', () => {
  const steps = [
    starts(0),
    corrected(onClientClock(90_000, views(1_000, 'B', 5_000_000))),
    inBatch(selects(1_000, 'B')),
    inBatch(selects(2_000, 'A')),
    submitsReasoning(2_500, '時間がない'),
    abandons(3_000),
    selects(4_000, 'B'),
    abandons(5_000),
    completes(3_600_000, 'A'),
  ];
  // What was viewed cannot also have not been.
  expect(flagsOfRecord(steps, { time_limit_seconds: 60 })).toEqual(
    QUALITY_FLAGS.filter((flag) => flag !== 'no_option_viewed'),
  );
});

describe('active_time_exceeds_total', () => {
  const viewing = (duration_ms: number) =>
    flagsOf([
      starts(0),
      views(800, 'A', duration_ms / 2),
      views(900, 'A', duration_ms / 2),
      selects(950, 'A'),
      completes(1_000, 'A'),
    ]);

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
    const late = (step: Step) => onClientClock(step.at - yearOff, step);
    expect(flagsOf([late(starts(0)), late(selects(1_000, 'A')), late(completes(5_000, 'A'))])).toEqual([]);
  });

  it.each([2_000, -2_000])('allows an interval that differs by %d ms', (difference) => {
    const steps: [Step, ...Step[]] = [
      starts(0),
      selects(1_000, 'A'),
      onClientClock(5_000 + difference, completes(5_000, 'A')),
    ];
    expect(flagsOf(steps)).toEqual([]);
  });

  it.each([2_001, -2_001])('is raised when an interval differs by %d ms', (difference) => {
    const steps: [Step, ...Step[]] = [
      starts(0),
      selects(1_000, 'A'),
      onClientClock(5_000 + difference, completes(5_000, 'A')),
    ];
    expect(flagsOf(steps)).toEqual(['clock_skew']);
  });

  it('is raised by one late event in the middle', () => {
    const steps: [Step, ...Step[]] = [
      starts(0),
      onClientClock(4_000, selects(8_000, 'A')),
      completes(9_000, 'A'),
    ];
    expect(flagsOf(steps)).toEqual(['clock_skew']);
  });

  it('compares any two events, not only each with the start', () => {
    const steps: [Step, ...Step[]] = [
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
    expect(taking(86_400_000, null)).toEqual(['long_pause']);
  });
});

describe('resumed_after_abandon', () => {
  it('is raised when work went on', () => {
    const steps: [Step, ...Step[]] = [starts(0), abandons(1_000), selects(2_000, 'A'), completes(3_000, 'A')];
    expect(flagsOf(steps)).toEqual(['resumed_after_abandon']);
  });

  it('is raised when the completion itself resumed', () => {
    const steps: [Step, ...Step[]] = [starts(0), selects(1_000, 'A'), abandons(2_000), completes(3_000, 'A')];
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
