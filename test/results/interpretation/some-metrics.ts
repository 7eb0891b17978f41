import type {
  ComputedMetrics,
  DecisionMetrics,
  QualityFlag,
  ReasoningMetrics,
  RiskMetrics,
  TaskFacts,
  TimeMetrics,
} from '../../../src/results/metrics/compute-metrics.ts';
import { taskWith } from '../../support/recorded.ts';

/** A task of five options, so that full coverage is exactly four of them. */
export const fiveOptions: TaskFacts = taskWith({ A: 'low', B: 'high', C: 'medium', D: 'low', E: 'high' });

export type Observed = Partial<TimeMetrics & DecisionMetrics & ReasoningMetrics & RiskMetrics> & {
  quality_flags?: QualityFlag[];
};

/** Metrics of somebody unremarkable, for whom no decision style holds, except for what is `observed`. */
export function someoneWith(observed: Observed = {}): ComputedMetrics {
  const { quality_flags = [], ...own } = observed;
  const all = { ...UNREMARKABLE, ...own };
  // Two clocks that agree, unless both are given.
  const first_decision_client_ms = own.first_decision_client_ms ?? all.first_decision_speed_ms;
  return {
    time_metrics: pick({ ...all, first_decision_client_ms }, [
      'total_time_ms',
      'active_interaction_time_ms',
      'hesitation_time_ms',
      'first_decision_speed_ms',
      'first_decision_client_ms',
      'first_action_ms',
      'longest_pause_ms',
    ]),
    decision_metrics: pick(all, [
      'decision_change_count',
      'options_viewed_count',
      'unique_options_viewed',
      'final_option_view_duration_ms',
    ]),
    reasoning_metrics: pick(all, [
      'reasoning_provided',
      'word_count',
      'logical_keyword_count',
      'reasoning_depth_score',
    ]),
    risk_metrics: pick(all, ['final_risk_tag', 'risk_exposure_pattern']),
    raw_event_count: 12,
    quality_flags,
    version: '1.1.0',
  };
}

const UNREMARKABLE: TimeMetrics & DecisionMetrics & ReasoningMetrics & RiskMetrics = {
  total_time_ms: 60_000,
  active_interaction_time_ms: 40_000,
  hesitation_time_ms: 20_000,
  first_decision_speed_ms: 20_000,
  first_decision_client_ms: 20_000,
  first_action_ms: 3_000,
  longest_pause_ms: 15_000,
  decision_change_count: 0,
  options_viewed_count: 4,
  unique_options_viewed: 3,
  final_option_view_duration_ms: 6_000,
  reasoning_provided: true,
  word_count: 20,
  logical_keyword_count: 1,
  reasoning_depth_score: 22,
  final_risk_tag: 'medium',
  risk_exposure_pattern: ['low', 'medium', 'medium', 'medium', 'medium'],
};

function pick<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.map((key) => [key, from[key]])) as Pick<T, K>;
}
