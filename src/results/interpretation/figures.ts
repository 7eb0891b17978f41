import type { MetricNameOf, MetricValues } from './metric-names.ts';

/** A thing that is counted, in the singular and the plural. */
type Noun = readonly [one: string, many: string];

/** How a number reads: a duration (it is in milliseconds), so many of something, or the bare number. */
type Unit = 'duration' | 'bare' | Noun;

const UNITS: Record<MetricNameOf<number>, Unit> = {
  'time_metrics.total_time_ms': 'duration',
  'time_metrics.active_interaction_time_ms': 'duration',
  'time_metrics.hesitation_time_ms': 'duration',
  'time_metrics.first_decision_speed_ms': 'duration',
  'time_metrics.first_decision_client_ms': 'duration',
  'time_metrics.first_action_ms': 'duration',
  'time_metrics.longest_pause_ms': 'duration',
  'decision_metrics.decision_change_count': ['selection change', 'selection changes'],
  'decision_metrics.options_viewed_count': ['option view', 'option views'],
  'decision_metrics.unique_options_viewed': ['option', 'options'],
  'decision_metrics.final_option_view_duration_ms': 'duration',
  'reasoning_metrics.word_count': ['word', 'words'],
  'reasoning_metrics.logical_keyword_count': ['different logical keyword', 'different logical keywords'],
  'reasoning_metrics.reasoning_depth_score': 'bare',
};

/** The metrics that read as numbers. */
export const NUMERIC_METRICS = Object.keys(UNITS) as MetricNameOf<number>[];

/** Whether a duration, as rounded for reading, still says what is said about it. */
type StaysTrue = (shown_seconds: number) => boolean;

/** `value` of the metric `name` as it reads in a sentence, with its unit. */
export function figure(name: MetricNameOf<number>, value: number, staysTrue?: StaysTrue): string {
  const unit = UNITS[name];
  if (unit === 'duration') return duration(value, staysTrue);
  return unit === 'bare' ? String(value) : counted(value, unit);
}

/** One of `values` as it reads in a sentence, with its unit. */
export function figureOf(values: MetricValues, name: MetricNameOf<number>, staysTrue?: StaysTrue): string {
  return figure(name, values[name], staysTrue);
}

/** `1 option`, `2 options`. */
export function counted(count: number, [one, many]: Noun): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** `0 times`, `once`, `2 times`. */
export function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} and ${last}`;
}

const MICROSECOND_DECIMALS = 6;

/**
 * Milliseconds for reading: `0.04 seconds`, `12.4 seconds`, `2 minutes 5 seconds`. Rounded as far as one
 * would say it, halves upwards, but never so far that `staysTrue` fails: 9 950 ms is not "10 seconds" where
 * the sentence goes on "sooner than 10 seconds".
 */
export function duration(ms: number, staysTrue: StaysTrue = () => true): string {
  if (ms < 0) return `minus ${duration(-ms, (shown) => staysTrue(-shown))}`;
  for (let decimals = usualDecimals(ms); decimals < MICROSECOND_DECIMALS; decimals++) {
    const shown = secondsOf(ms, decimals);
    if (staysTrue(shown)) return spelled(shown);
  }
  return spelled(secondsOf(ms, MICROSECOND_DECIMALS));
}

/** Milliseconds for reading to the last digit: `9.999 seconds`. */
export function exactDuration(ms: number): string {
  return duration(ms, (shown) => shown === ms / 1_000);
}

function usualDecimals(ms: number): number {
  if (ms >= 60_000) return 0;
  return ms >= 1_000 ? 1 : 3;
}

function spelled(seconds: number): string {
  const parts = [
    { count: Math.floor(seconds / 3_600), noun: ['hour', 'hours'] },
    { count: Math.floor((seconds % 3_600) / 60), noun: ['minute', 'minutes'] },
    // Without the noise that the remainder of a fraction has.
    { count: Number((seconds % 60).toFixed(MICROSECOND_DECIMALS)), noun: ['second', 'seconds'] },
  ] as const;
  const said = parts.filter(({ count }) => count > 0).map(({ count, noun }) => counted(count, noun));
  return said.length > 0 ? said.join(' ') : '0 seconds';
}

/** Seconds to so many decimals. Rounded in milliseconds: 9.95 is a little less than that in floating point. */
function secondsOf(ms: number, decimals: number): number {
  const parts = 10 ** decimals;
  return Math.round((ms * parts) / 1_000) / parts;
}

/** Whether `name` is a metric that reads as a number. */
export function isNumeric(name: string): name is MetricNameOf<number> {
  return Object.hasOwn(UNITS, name);
}
