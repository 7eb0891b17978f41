import type { RecordedEvent } from '../events/recorded-event.ts';
import type { SupposedTask } from './counterfactuals/figures.ts';
import { type Counterfactual, findCounterfactuals } from './counterfactuals/find-counterfactuals.ts';
import type { RulesInUse } from './counterfactuals/rules-in-use.ts';
import { evaluate as evaluate_1_1 } from './interpretation/evaluate.ts';
import * as interpreter_1_1 from './interpretation/interpret.ts';
import { RULES as RULES_1_1 } from './interpretation/rules.ts';
import * as metrics_1_1 from './metrics/compute-metrics.ts';
import type { TaskFacts } from './metrics/computed-metrics.ts';
import { evaluate as evaluate_1_0 } from './v1.0.0/interpretation/evaluate.ts';
import * as interpreter_1_0 from './v1.0.0/interpretation/interpret.ts';
import { RULES as RULES_1_0 } from './v1.0.0/interpretation/rules.ts';
import * as metrics_1_0 from './v1.0.0/metrics/compute-metrics.ts';
import type { ComputedMetrics as Metrics_1_0 } from './v1.0.0/metrics/computed-metrics.ts';

/** Metrics of whatever version, as they may be stored. */
export type AnyMetrics = Metrics_1_0 | metrics_1_1.ComputedMetrics;
/** What the rules of whatever version concluded, as it may be stored. */
export type AnyInterpretation = interpreter_1_0.Interpretation | interpreter_1_1.Interpretation;
export type AnyExplainedRule = interpreter_1_0.ExplainedRule | interpreter_1_1.ExplainedRule;

type Version = AnyMetrics['version'];

/** The formulas of one version, and the rules that read what they give. Each is pure. */
export interface ResultsVersion {
  /** @throws IncompleteAttempt, ForeignOption where `events` are not one whole attempt at `task`. */
  computeMetrics(events: readonly RecordedEvent[], task: TaskFacts): AnyMetrics;
  /** @throws Error where `metrics` are of another version. */
  interpret(metrics: AnyMetrics, task: TaskFacts): AnyInterpretation;
  /** @throws Error where `metrics` are of another version. */
  explain(metrics: AnyMetrics, task: TaskFacts): AnyExplainedRule[];
  /**
   * What else the rules would have concluded, and from which smallest changes.
   * @throws Error where `metrics` are of another version.
   */
  findCounterfactuals(metrics: AnyMetrics, task: SupposedTask): Counterfactual[];
}

const RULES_IN_USE_1_0: RulesInUse<Metrics_1_0> = {
  interpreter_version: '1.0.0',
  groups: RULES_1_0,
  evaluate: evaluate_1_0,
};
const RULES_IN_USE_1_1: RulesInUse<metrics_1_1.ComputedMetrics> = {
  interpreter_version: interpreter_1_1.INTERPRETER_VERSION,
  groups: RULES_1_1,
  evaluate: evaluate_1_1,
};

/**
 * Every version that results may have been made by. A result stays what its version made of the events, and is
 * explained and derived anew by that version only.
 */
export const RESULTS_VERSIONS: Record<Version, ResultsVersion> = {
  '1.0.0': {
    computeMetrics: metrics_1_0.computeMetrics,
    interpret: (metrics, task) => interpreter_1_0.interpret(ofVersion('1.0.0', metrics), task),
    explain: (metrics, task) => interpreter_1_0.explain(ofVersion('1.0.0', metrics), task),
    findCounterfactuals: (metrics, task) =>
      findCounterfactuals(RULES_IN_USE_1_0, ofVersion('1.0.0', metrics), task),
  },
  '1.1.0': {
    computeMetrics: metrics_1_1.computeMetrics,
    interpret: (metrics, task) => interpreter_1_1.interpret(ofVersion('1.1.0', metrics), task),
    explain: (metrics, task) => interpreter_1_1.explain(ofVersion('1.1.0', metrics), task),
    findCounterfactuals: (metrics, task) =>
      findCounterfactuals(RULES_IN_USE_1_1, ofVersion('1.1.0', metrics), task),
  },
};

/** What attempts that are completed now are measured and interpreted by. */
export const CURRENT_RESULTS = RESULTS_VERSIONS[metrics_1_1.METRICS_VERSION];

/** @throws Error where this release knows no such version */
export function resultsVersion(version: string): ResultsVersion {
  if (!isVersion(version)) throw new Error(`Results of version ${version} are not known to this release.`);
  return RESULTS_VERSIONS[version];
}

function isVersion(version: string): version is Version {
  return Object.hasOwn(RESULTS_VERSIONS, version);
}

function ofVersion<V extends Version>(version: V, metrics: AnyMetrics): Extract<AnyMetrics, { version: V }> {
  const hasVersion = (each: AnyMetrics): each is Extract<AnyMetrics, { version: V }> =>
    each.version === version;
  if (hasVersion(metrics)) return metrics;
  throw new Error(`Metrics of version ${metrics.version} cannot be read by the rules of version ${version}.`);
}
