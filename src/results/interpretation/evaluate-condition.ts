import { GENERAL_MARKS, type TaskMarks } from '../../tasks/general-marks.ts';
import type { RiskTag } from '../../tasks/task.ts';
import { clocksDisagree, type FirstDecision } from './first-decision.ts';
import type { MetricValues } from './metric-names.ts';
import type {
  Condition,
  ExposureCondition,
  Mark,
  NumberComparison,
  NumberCondition,
  ValueCondition,
} from './rule-types.ts';

/** Everything that conditions look at. */
export interface Observation {
  values: MetricValues;
  firstDecision: FirstDecision;
  /** How many options the task has. */
  options: number;
  /** The task's own marks. */
  marks: TaskMarks;
}

/** Whose threshold it is: the task's own, or the one for all tasks. */
export type ThresholdOwner = 'task' | 'general';

export interface EvaluatedNumber {
  kind: 'number';
  condition: NumberCondition;
  threshold: number;
  threshold_of: ThresholdOwner;
  actual: number;
  held: boolean;
  /** Why the record does not let the condition be judged; it then does not hold. */
  unassessable?: 'clocks_disagree';
}

/** A condition with what was compared with what, and how that came out. */
export type EvaluatedCondition =
  | EvaluatedNumber
  | {
      kind: 'value';
      condition: ValueCondition;
      threshold: boolean | RiskTag;
      actual: boolean | RiskTag;
      held: boolean;
    }
  | {
      kind: 'exposure';
      condition: ExposureCondition;
      threshold: RiskTag;
      actual: readonly RiskTag[];
      held: boolean;
    };

/** Compares two numbers as a rule would. */
export const COMPARE: Record<NumberComparison, (actual: number, threshold: number) => boolean> = {
  '<': (actual, threshold) => actual < threshold,
  '<=': (actual, threshold) => actual <= threshold,
  '>': (actual, threshold) => actual > threshold,
  '>=': (actual, threshold) => actual >= threshold,
};

export function evaluateCondition(condition: Condition, observation: Observation): EvaluatedCondition {
  switch (condition.comparison) {
    case 'equals': {
      const { threshold } = condition;
      const actual = observation.values[condition.metric];
      return { kind: 'value', condition, threshold, actual, held: actual === threshold };
    }
    case 'includes':
    case 'excludes': {
      const { threshold, comparison } = condition;
      const actual = observation.values[condition.metric];
      const held = actual.includes(threshold) === (comparison === 'includes');
      return { kind: 'exposure', condition, threshold, actual, held };
    }
    default:
      return evaluateNumber(condition, observation);
  }
}

function evaluateNumber(condition: NumberCondition, observation: Observation): EvaluatedNumber {
  const { threshold, threshold_of } = resolve(condition.threshold, observation);
  const actual = observation.values[condition.metric];
  const held = COMPARE[condition.comparison](actual, threshold);
  const evaluated: EvaluatedNumber = { kind: 'number', condition, threshold, threshold_of, actual, held };
  if (!held || !isContradicted(condition, threshold, observation)) return evaluated;
  return { ...evaluated, held: false, unassessable: 'clocks_disagree' };
}

/**
 * Whether a condition on speed, which held on the server's clock, would not hold on the front end's although
 * that clock is usable: then events were held back on their way, and the record contradicts itself.
 */
function isContradicted(
  { metric, comparison }: NumberCondition,
  threshold: number,
  { firstDecision }: Observation,
): boolean {
  if (metric !== 'time_metrics.first_decision_speed_ms') return false;
  const { client } = firstDecision;
  return client !== undefined && clocksDisagree(firstDecision) && !COMPARE[comparison](client, threshold);
}

function resolve(
  threshold: number | Mark,
  { marks, options }: Observation,
): Pick<EvaluatedNumber, 'threshold' | 'threshold_of'> {
  if (typeof threshold === 'number') return { threshold, threshold_of: 'general' };
  const own = marks[threshold.mark];
  const value = own ?? GENERAL_MARKS[threshold.mark];
  return {
    // Rounded because 0.8 × 3 is not quite 2.4 in floating point, and nobody should have to read that.
    threshold: threshold.per_option ? Number((value * options).toFixed(6)) : value,
    threshold_of: own === undefined ? 'general' : 'task',
  };
}
