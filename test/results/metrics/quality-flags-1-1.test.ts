import { describe, expect, it } from 'vitest';
import { computeMetrics } from '../../../src/results/metrics/compute-metrics.ts';
import {
  completes,
  onClientClock,
  recorded,
  type Step,
  selects,
  starts,
  submitsReasoning,
  taskWith,
  views,
} from '../../support/recorded.ts';

/* The flags that metrics 1.1.0 added, each at its border. */

function flagsOf(...steps: Step[]) {
  const task = taskWith({ A: 'low', B: 'high' });
  return computeMetrics(recorded(task, steps), task).quality_flags;
}

describe('no_option_viewed and final_option_not_viewed', () => {
  it('are both raised where nothing was viewed', () => {
    expect(flagsOf(starts(0), selects(100, 'A'), completes(200, 'A'))).toEqual([
      'no_option_viewed',
      'final_option_not_viewed',
    ]);
  });

  it('tell a view of another option from a view of the final one', () => {
    const viewing = (code: string) =>
      flagsOf(starts(0), views(900, code, 800), selects(1_000, 'A'), completes(2_000, 'A'));
    expect(viewing('B')).toEqual(['final_option_not_viewed']);
    expect(viewing('A')).toEqual([]);
  });

  it('count a view after the selection', () => {
    expect(flagsOf(starts(0), selects(100, 'A'), views(900, 'A', 800), completes(2_000, 'A'))).toEqual([]);
  });
});

describe('long_pause', () => {
  const pausing = (ms: number) =>
    flagsOf(starts(0), views(900, 'A', 800), selects(1_000, 'A'), completes(1_000 + ms, 'A'));

  it('allows half an hour', () => {
    expect(pausing(1_800_000)).toEqual([]);
  });

  it('is raised one millisecond later', () => {
    expect(pausing(1_800_001)).toEqual(['long_pause']);
  });
});

describe('long_view', () => {
  const viewing = (duration_ms: number, total: number) =>
    flagsOf(starts(0), views(900, 'A', duration_ms), selects(1_000, 'A'), completes(total, 'A'));

  it('allows an hour, and a view as long as the attempt', () => {
    expect(viewing(3_600_000, 7_200_000)).not.toContain('long_view');
    expect(viewing(60_000, 60_000)).toEqual([]);
  });

  it('is raised by anything longer than either', () => {
    expect(viewing(3_600_000.001, 7_200_000)).toContain('long_view');
    expect(viewing(60_000.001, 60_000)).toEqual(['active_time_exceeds_total', 'long_view']);
  });
});

describe('client_clock_unusable', () => {
  const at = (...times: [number, number, number, number]) =>
    flagsOf(
      onClientClock(times[0], starts(0)),
      onClientClock(times[1], views(1_000, 'A', 500)),
      onClientClock(times[2], selects(1_500, 'A')),
      onClientClock(times[3], completes(2_000, 'A')),
    );

  it('is raised where the clock stood still', () => {
    expect(at(500, 500, 500, 500)).toEqual(['client_clock_unusable']);
  });

  it('allows that it moved at all', () => {
    expect(at(500, 500, 500, 501)).toEqual([]);
  });

  it('allows two seconds backwards, and no more, from any earlier event', () => {
    expect(at(0, 2_000, 1_000, 0)).not.toContain('client_clock_unusable');
    expect(at(0, 2_001, 1_000, 0)).toContain('client_clock_unusable');
  });
});

describe('unspaced_script', () => {
  const writing = (...texts: string[]) =>
    flagsOf(
      starts(0),
      views(900, 'A', 800),
      selects(1_000, 'A'),
      ...texts.map((text) => submitsReasoning(2_000, text)),
      completes(3_000, 'A'),
    );

  it.each(['時間がないので', 'カタカナ', '没有时间', 'ไม่มีเวลา', 'ບໍ່ມີເວລາ', 'គ្មានពេល', 'အချိန်မရှိ'])(
    'is raised by %s',
    (text) => {
      expect(writing(text)).toEqual(['unspaced_script']);
    },
  );

  it.each(['no time', '시간이 없습니다', 'нет времени', 'لا وقت', 'कोई समय नहीं', '12 345 ?!', ''])(
    'is not raised by "%s"',
    (text) => {
      expect(writing(text)).toEqual([]);
    },
  );

  it('looks at the last text, and at what most of its letters are', () => {
    expect(writing('時間がない', 'no time')).toEqual([]);
    expect(writing('no time', '時間がない')).toEqual(['unspaced_script']);
    expect(writing('ab 時間')).toEqual([]);
    expect(writing('a 時間')).toEqual(['unspaced_script']);
  });
});
