import type {
  DecisionMetrics,
  ReasoningMetrics,
  RiskMetrics,
  TaskFacts,
} from '../../metrics/computed-metrics.ts';

export type { DecisionMetrics, ReasoningMetrics, RiskMetrics, TaskFacts };

/** All in milliseconds, to the microsecond at most. */
export interface TimeMetrics {
  total_time_ms: number;
  active_interaction_time_ms: number;
  hesitation_time_ms: number;
  first_decision_speed_ms: number;
}

/** What makes a record weaker, in the order in which the codes are reported. */
export const QUALITY_FLAGS = [
  'active_time_exceeds_total',
  'clock_skew',
  'time_limit_exceeded',
  'resumed_after_abandon',
  'events_batched',
  'selection_without_change_event',
] as const;

export type QualityFlag = (typeof QUALITY_FLAGS)[number];

/** Everything that version 1.0.0 counted and measured of one completed attempt. */
export interface ComputedMetrics {
  time_metrics: TimeMetrics;
  decision_metrics: DecisionMetrics;
  reasoning_metrics: ReasoningMetrics;
  risk_metrics: RiskMetrics;
  raw_event_count: number;
  quality_flags: QualityFlag[];
  version: '1.0.0';
}
