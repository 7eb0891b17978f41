import { describe, expect, it } from 'vitest';
import { computeMetrics } from '../../../src/results/metrics/compute-metrics.ts';
import {
  completes,
  onClientClock,
  recorded,
  type Step,
  selects,
  starts,
  startsReasoning,
  submitsReasoning,
  taskWith,
  views,
} from '../../support/recorded.ts';

const task = taskWith({ A: 'low', B: 'high' });

function timeOf(...steps: Step[]) {
  return computeMetrics(recorded(task, steps), task).time_metrics;
}

describe('how the time was spent', () => {
  it('adds views and reasoning up to activity, and calls the rest hesitation', () => {
    const time = timeOf(
      starts(0),
      views(3_000, 'A', 2_500),
      views(6_500, 'B', 3_000),
      selects(8_200, 'A'),
      startsReasoning(10_000),
      submitsReasoning(25_000, 'Safer.'),
      completes(30_000, 'A'),
    );
    expect(time).toEqual({
      total_time_ms: 30_000,
      active_interaction_time_ms: 20_500, // 2 500 + 3 000 viewing, 15 000 reasoning
      hesitation_time_ms: 9_500,
      first_decision_speed_ms: 8_200,
      first_decision_client_ms: 8_200,
      first_action_ms: 3_000,
      longest_pause_ms: 15_000,
    });
  });

  it('takes every interval from the server’s clock', () => {
    const time = timeOf(starts(0), onClientClock(90_000, selects(4_000, 'A')), completes(6_000, 'A'));
    expect(time).toMatchObject({ total_time_ms: 6_000, first_decision_speed_ms: 4_000 });
  });

  it('takes the first of several selections as the first decision', () => {
    const time = timeOf(starts(0), selects(4_000, 'A'), selects(7_000, 'A'), completes(9_000, 'A'));
    expect(time.first_decision_speed_ms).toBe(4_000);
  });

  it('has no hesitation below 0 where views overlap', () => {
    const time = timeOf(
      starts(0),
      views(900, 'A', 900),
      views(900, 'B', 900),
      selects(950, 'A'),
      completes(1_000, 'A'),
    );
    expect(time).toMatchObject({ active_interaction_time_ms: 1_800, hesitation_time_ms: 0 });
  });

  it('keeps fractions of milliseconds without the noise of adding them', () => {
    const time = timeOf(
      starts(0),
      views(1, 'A', 0.1),
      views(2, 'B', 0.2),
      selects(900, 'A'),
      completes(1_000, 'A'),
    );
    expect(time).toMatchObject({ active_interaction_time_ms: 0.3, hesitation_time_ms: 999.7 });
  });

  it('has no activity where nothing was viewed or written', () => {
    expect(timeOf(starts(0), selects(1_000, 'A'), completes(5_000, 'A'))).toEqual({
      total_time_ms: 5_000,
      active_interaction_time_ms: 0,
      hesitation_time_ms: 5_000,
      first_decision_speed_ms: 1_000,
      first_decision_client_ms: 1_000,
      first_action_ms: 1_000,
      longest_pause_ms: 4_000,
    });
  });

  it('takes the first decision by the front end’s clock as well, below 0 where that was set back', () => {
    const decided = (client_at: number) =>
      timeOf(
        onClientClock(10_000, starts(0)),
        onClientClock(client_at, selects(36_000, 'A')),
        completes(40_000, 'A'),
      );
    expect(decided(17_000)).toMatchObject({
      first_decision_speed_ms: 36_000,
      first_decision_client_ms: 7_000,
    });
    expect(decided(9_000).first_decision_client_ms).toBe(-1_000);
  });

  it('takes the first action and the longest pause by the server’s clock', () => {
    const time = timeOf(
      starts(0),
      onClientClock(1_000, views(3_000, 'A', 800)),
      selects(4_000, 'A'),
      views(10_000, 'B', 500),
      completes(11_000, 'A'),
    );
    expect(time).toMatchObject({ first_action_ms: 3_000, longest_pause_ms: 6_000 });
  });
});

describe('reasoning time', () => {
  const reasoningTime = (...steps: Step[]) =>
    timeOf(starts(0), selects(1, 'A'), ...steps, completes(100_000, 'A')).active_interaction_time_ms;

  it('is 0 for a submission that nothing announced', () => {
    expect(reasoningTime(submitsReasoning(5_000, 'Safer.'))).toBe(0);
  });

  it('is 0 for reasoning that was started and never submitted', () => {
    expect(reasoningTime(startsReasoning(5_000))).toBe(0);
  });

  it('counts from the latest start', () => {
    expect(
      reasoningTime(startsReasoning(1_000), startsReasoning(4_000), submitsReasoning(9_000, 'Safer.')),
    ).toBe(5_000);
  });

  it('adds up several rounds', () => {
    expect(
      reasoningTime(
        startsReasoning(1_000),
        submitsReasoning(3_000, 'Safer.'),
        startsReasoning(10_000),
        submitsReasoning(14_000, 'Much safer.'),
      ),
    ).toBe(6_000);
  });

  it('uses each start once: a second submission without a new start adds nothing', () => {
    expect(
      reasoningTime(
        startsReasoning(1_000),
        submitsReasoning(3_000, 'Safer.'),
        submitsReasoning(9_000, 'Much safer.'),
      ),
    ).toBe(2_000);
  });

  it('never counts a moment twice: the three fields of one form start together and submit one after another', () => {
    expect(
      reasoningTime(
        startsReasoning(1_000),
        startsReasoning(2_000),
        startsReasoning(4_000),
        submitsReasoning(5_000, 'Safer.'), // since 4 000
        submitsReasoning(9_000, 'Much safer.'), // nothing started since the submission before
        submitsReasoning(9_500, 'Safest.'),
      ),
    ).toBe(1_000);
  });

  it('does not look at starts after the submission', () => {
    expect(reasoningTime(submitsReasoning(5_000, 'Safer.'), startsReasoning(6_000))).toBe(0);
  });
});
