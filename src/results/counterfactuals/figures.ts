import type { MetricValues } from '../interpretation/metric-names.ts';
import type { TaskFacts } from '../metrics/computed-metrics.ts';
import type { MetricValues as MetricValues_1_0 } from '../v1.0.0/interpretation/metric-names.ts';

/** The metrics of one attempt by their dotted names; what later versions added is absent in earlier results. */
export type Figures = MetricValues_1_0 & Partial<MetricValues>;
export type FigureName = keyof Figures;

/** Some figures, with the values that they would have. */
export type SupposedFigures = { readonly [Name in FigureName]?: MetricValues[Name] | undefined };

const GROUPS = ['time_metrics', 'decision_metrics', 'reasoning_metrics', 'risk_metrics'] as const;

/** What metrics of every version have in common. */
export type Measured = { [Group in (typeof GROUPS)[number]]: object } & { raw_event_count: number };

/** What limits the figures of an attempt besides the figures themselves. */
export interface SupposedTask extends TaskFacts {
  requires_reasoning: boolean;
}

/** What was recorded: the figures of one attempt, and what they stand in. */
export interface Recorded {
  figures: Figures;
  event_count: number;
  task: SupposedTask;
}

export function figuresOf(metrics: Measured): Figures {
  const values: Record<string, unknown> = {};
  for (const group of GROUPS) {
    for (const [field, value] of Object.entries(metrics[group])) values[`${group}.${field}`] = value;
  }
  // The compiler cannot follow names through Object.entries.
  return values as unknown as Figures;
}

/** `metrics` with other values of some figures. */
export function withFigures<Metrics extends Measured>(metrics: Metrics, supposed: SupposedFigures): Metrics {
  const changed: { [Group in (typeof GROUPS)[number]]?: object } = {};
  for (const group of GROUPS) {
    const prefix = `${group}.`;
    for (const [name, value] of Object.entries(supposed)) {
      if (!name.startsWith(prefix) || value === undefined) continue;
      changed[group] = { ...(changed[group] ?? metrics[group]), [name.slice(prefix.length)]: value };
    }
  }
  return { ...metrics, ...changed };
}
