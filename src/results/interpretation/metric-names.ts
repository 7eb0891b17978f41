import type {
  ComputedMetrics,
  DecisionMetrics,
  ReasoningMetrics,
  RiskMetrics,
  TimeMetrics,
} from '../metrics/computed-metrics.ts';

/** The metrics that rules may look at; quality flags are not among them, so no condition can compare one. */
interface MetricGroups {
  time_metrics: TimeMetrics;
  decision_metrics: DecisionMetrics;
  reasoning_metrics: ReasoningMetrics;
  risk_metrics: RiskMetrics;
}

type Dotted<Group extends keyof MetricGroups> = {
  [Field in keyof MetricGroups[Group] & string as `${Group}.${Field}`]: MetricGroups[Group][Field];
};

/** Each metric's value by its dotted name: `time_metrics.total_time_ms` and so on. */
export type MetricValues = Dotted<'time_metrics'> &
  Dotted<'decision_metrics'> &
  Dotted<'reasoning_metrics'> &
  Dotted<'risk_metrics'>;

export type MetricName = keyof MetricValues;

/** The names of the metrics whose values are of type `Value`. */
export type MetricNameOf<Value> = {
  [Name in MetricName]: MetricValues[Name] extends Value ? Name : never;
}[MetricName];

const GROUPS = ['time_metrics', 'decision_metrics', 'reasoning_metrics', 'risk_metrics'] as const;

/** `metrics` with each metric under its dotted name. */
export function metricValues(metrics: Pick<ComputedMetrics, keyof MetricGroups>): MetricValues {
  const values: Record<string, unknown> = {};
  for (const group of GROUPS) {
    for (const [field, value] of Object.entries(metrics[group])) values[`${group}.${field}`] = value;
  }
  // The compiler cannot follow names through Object.entries; Dotted says exactly what the loop does.
  return values as MetricValues;
}
