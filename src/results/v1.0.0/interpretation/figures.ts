import type { MetricNameOf } from './metric-names.ts';

/** A thing that is counted, in the singular and the plural. */
type Noun = readonly [one: string, many: string];

/** How a number reads: a duration (it is in milliseconds), so many of something, or the bare number. */
type Unit = 'duration' | 'bare' | Noun;

const UNITS: Record<MetricNameOf<number>, Unit> = {
  'time_metrics.total_time_ms': 'duration',
  'time_metrics.active_interaction_time_ms': 'duration',
  'time_metrics.hesitation_time_ms': 'duration',
  'time_metrics.first_decision_speed_ms': 'duration',
  'decision_metrics.decision_change_count': ['selection change', 'selection changes'],
  'decision_metrics.options_viewed_count': ['option view', 'option views'],
  'decision_metrics.unique_options_viewed': ['option', 'options'],
  'decision_metrics.final_option_view_duration_ms': 'duration',
  'reasoning_metrics.word_count': ['word', 'words'],
  'reasoning_metrics.logical_keyword_count': ['different logical keyword', 'different logical keywords'],
  'reasoning_metrics.reasoning_depth_score': 'bare',
};

/** Whether a duration, as rounded for reading, still says what is said about it. */
type StaysTrue = (shown_seconds: number) => boolean;

/** `value` of the metric `name` as it reads in a sentence, with its unit. */
export function figure(name: MetricNameOf<number>, value: number, staysTrue?: StaysTrue): string {
  const unit = UNITS[name];
  if (unit === 'duration') return duration(value, staysTrue);
  return unit === 'bare' ? String(value) : counted(value, unit);
}

/** `1 option`, `2 options`. */
export function counted(count: number, [one, many]: Noun): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** `0 times`, `once`, `2 times`. */
export function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

const MICROSECOND_DECIMALS = 6;

/**
 * Milliseconds for reading: `0.04 seconds`, `12.4 seconds`, `2 minutes 5 seconds`. Rounded as far as one
 * would say it, but never so far that `staysTrue` fails: 9 999 ms is not "10 seconds" where the sentence
 * goes on "sooner than 10 seconds".
 */
function duration(ms: number, staysTrue: StaysTrue = () => true): string {
  for (let decimals = usualDecimals(ms); decimals < MICROSECOND_DECIMALS; decimals++) {
    const shown = round(ms / 1_000, decimals);
    if (staysTrue(shown)) return spelled(shown);
  }
  return spelled(round(ms / 1_000, MICROSECOND_DECIMALS));
}

function usualDecimals(ms: number): number {
  if (ms >= 60_000) return 0;
  return ms >= 1_000 ? 1 : 3;
}

function spelled(seconds: number): string {
  const parts = [
    { count: Math.floor(seconds / 3_600), noun: ['hour', 'hours'] },
    { count: Math.floor((seconds % 3_600) / 60), noun: ['minute', 'minutes'] },
    { count: round(seconds % 60, MICROSECOND_DECIMALS), noun: ['second', 'seconds'] },
  ] as const;
  const said = parts.filter(({ count }) => count > 0).map(({ count, noun }) => counted(count, noun));
  return said.length > 0 ? said.join(' ') : '0 seconds';
}

function round(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}

/** Whether `name` is a metric that reads as a number. */
export function isNumeric(name: string): name is MetricNameOf<number> {
  return Object.hasOwn(UNITS, name);
}
