import { describe, expect, it } from 'vitest';
import { counted, duration, figure, times } from '../../../src/results/interpretation/figures.ts';

it.each([
  [0, '0 seconds'],
  [40, '0.04 seconds'],
  [999, '0.999 seconds'],
  [999.96, '1 second'],
  [1_000, '1 second'],
  [1_500, '1.5 seconds'],
  [8_240, '8.2 seconds'],
  [12_400.25, '12.4 seconds'],
  [59_940, '59.9 seconds'],
  [59_960, '1 minute'],
  [60_000, '1 minute'],
  [61_400, '1 minute 1 second'],
  [119_600, '2 minutes'],
  [125_000, '2 minutes 5 seconds'],
  [3_600_000, '1 hour'],
  [3_725_000, '1 hour 2 minutes 5 seconds'],
  [7_200_400, '2 hours'],
  [86_400_000, '24 hours'],
])('%d ms read "%s"', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

describe('a duration that must stay on its side of a mark', () => {
  it.each([
    [9_999, 10, '9.999 seconds'],
    [9_960, 10, '9.96 seconds'],
    [9_949, 10, '9.9 seconds'],
    [9_999.999, 10, '9.999999 seconds'],
    [119_999, 120, '1 minute 59.999 seconds'],
    [119_400, 120, '1 minute 59 seconds'],
  ])('%d ms, less than %d seconds, read "%s"', (ms, mark, text) => {
    expect(duration(ms, (seconds) => seconds < mark)).toBe(text);
  });

  it('is rounded no further above it either', () => {
    expect(duration(30_001, (seconds) => seconds > 30)).toBe('30.001 seconds');
    expect(duration(30_060, (seconds) => seconds > 30)).toBe('30.1 seconds');
  });
});

it.each([
  [0, '0 options', '0 times'],
  [1, '1 option', 'once'],
  [2, '2 options', '2 times'],
])('%d in the right number', (count, options, occasions) => {
  expect(counted(count, ['option', 'options'])).toBe(options);
  expect(times(count)).toBe(occasions);
});

it.each([
  ['time_metrics.total_time_ms', '0.001 seconds'],
  ['time_metrics.active_interaction_time_ms', '0.001 seconds'],
  ['time_metrics.hesitation_time_ms', '0.001 seconds'],
  ['time_metrics.first_decision_speed_ms', '0.001 seconds'],
  ['decision_metrics.decision_change_count', '1 selection change'],
  ['decision_metrics.options_viewed_count', '1 option view'],
  ['decision_metrics.unique_options_viewed', '1 option'],
  ['decision_metrics.final_option_view_duration_ms', '0.001 seconds'],
  ['reasoning_metrics.word_count', '1 word'],
  ['reasoning_metrics.logical_keyword_count', '1 different logical keyword'],
  ['reasoning_metrics.reasoning_depth_score', '1'],
] as const)('%s with its unit: %s', (name, text) => {
  expect(figure(name, 1)).toBe(text);
});
