import type { TaskMarks } from '../../tasks/general-marks.ts';
import type { RiskTag, Task, TaskOption } from '../../tasks/task.ts';

/** Version of the formulas in this folder; changes whenever the same events may give another number. */
export const METRICS_VERSION = '1.1.0';

/** What the formulas and rules must know of a task, and nothing more; every `Task` is one. */
export interface TaskFacts {
  options: readonly Pick<TaskOption, 'option_id' | 'risk_tag'>[];
  /** Soft limit; null where the task has none. */
  time_limit_seconds: Task['time_limit_seconds'];
  /** The task's own thresholds; the general ones hold where it names none. Metrics do not look at them. */
  marks?: TaskMarks;
}

/** All in milliseconds, to the microsecond at most, and on the server's clock unless they say otherwise. */
export interface TimeMetrics {
  total_time_ms: number;
  active_interaction_time_ms: number;
  hesitation_time_ms: number;
  first_decision_speed_ms: number;
  /** As `first_decision_speed_ms`, on the front end's clock; below 0 where that clock was set back. */
  first_decision_client_ms: number;
  /** From the start to the first event after it. */
  first_action_ms: number;
  /** The longest time between an event and the next one. */
  longest_pause_ms: number;
}

export interface DecisionMetrics {
  decision_change_count: number;
  options_viewed_count: number;
  unique_options_viewed: number;
  /** In milliseconds, to the microsecond at most. */
  final_option_view_duration_ms: number;
}

export interface ReasoningMetrics {
  reasoning_provided: boolean;
  word_count: number;
  logical_keyword_count: number;
  /** Between one and one and a half times `word_count`, in steps of 0.1. */
  reasoning_depth_score: number;
}

export interface RiskMetrics {
  final_risk_tag: RiskTag;
  /** In the order in which the candidate met the options. */
  risk_exposure_pattern: RiskTag[];
}

/** What makes a record weaker, in the order in which the codes are reported. */
export const QUALITY_FLAGS = [
  'active_time_exceeds_total',
  'clock_skew',
  'time_limit_exceeded',
  'resumed_after_abandon',
  'events_batched',
  'selection_without_change_event',
  'no_option_viewed',
  'final_option_not_viewed',
  'long_pause',
  'long_view',
  'client_clock_corrected',
  'client_clock_unusable',
  'unspaced_script',
] as const;

export type QualityFlag = (typeof QUALITY_FLAGS)[number];

/** Everything that is counted and measured of one completed attempt, as it is stored and shown. */
export interface ComputedMetrics {
  time_metrics: TimeMetrics;
  decision_metrics: DecisionMetrics;
  reasoning_metrics: ReasoningMetrics;
  risk_metrics: RiskMetrics;
  raw_event_count: number;
  quality_flags: QualityFlag[];
  version: typeof METRICS_VERSION;
}
