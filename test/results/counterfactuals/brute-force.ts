import type { Counterfactual } from '../../../src/results/counterfactuals/find-counterfactuals.ts';
import { evaluate } from '../../../src/results/interpretation/evaluate.ts';
import type { SummaryField } from '../../../src/results/interpretation/rules.ts';
import { evaluate as evaluate_1_0 } from '../../../src/results/v1.0.0/interpretation/evaluate.ts';
import type { AnyMetrics } from '../../../src/results/versions.ts';
import type { RiskTag, Task } from '../../../src/tasks/task.ts';
import type { Measured } from './records.ts';

/*
 * Tries every combination of some values of all figures and keeps the smallest changes of each conclusion. Written from
 * the contract (section 12, point 6) and not from the search, so that a mistake in either of them shows.
 */

/** The figures of one record under short names. */
export interface Point {
  speed: number;
  /** Undefined in metrics of 1.0.0. */
  client: number | undefined;
  first: number | undefined;
  total: number;
  unique: number;
  views: number;
  changes: number;
  provided: boolean;
  words: number;
  keywords: number;
  final: RiskTag;
  /** In alphabetical order: the order of steps enters no rule. */
  exposure: readonly RiskTag[];
}
export type Name = keyof Point;

const METRIC_OF: Record<Name, string> = {
  speed: 'time_metrics.first_decision_speed_ms',
  client: 'time_metrics.first_decision_client_ms',
  first: 'time_metrics.first_action_ms',
  total: 'time_metrics.total_time_ms',
  unique: 'decision_metrics.unique_options_viewed',
  views: 'decision_metrics.options_viewed_count',
  changes: 'decision_metrics.decision_change_count',
  provided: 'reasoning_metrics.reasoning_provided',
  words: 'reasoning_metrics.word_count',
  keywords: 'reasoning_metrics.logical_keyword_count',
  final: 'risk_metrics.final_risk_tag',
  exposure: 'risk_metrics.risk_exposure_pattern',
};
const NAMES = Object.keys(METRIC_OF) as Name[];

/** Which figures belong to the question that a group of rules answers. */
export const FIGURES_OF: Record<SummaryField, readonly Name[]> = {
  decision_style: [
    ...(['speed', 'client', 'first', 'total', 'unique', 'views', 'changes'] as const),
    ...(['provided', 'words', 'keywords'] as const),
  ],
  risk_profile: ['final', 'exposure', 'unique', 'changes'],
  reasoning_style: ['provided', 'words', 'keywords'],
};

export function pointOf({
  time_metrics,
  decision_metrics,
  reasoning_metrics,
  risk_metrics,
}: AnyMetrics): Point {
  const time: Partial<Record<string, number>> = { ...time_metrics };
  return {
    speed: time_metrics.first_decision_speed_ms,
    client: time['first_decision_client_ms'],
    first: time['first_action_ms'],
    total: time_metrics.total_time_ms,
    unique: decision_metrics.unique_options_viewed,
    views: decision_metrics.options_viewed_count,
    changes: decision_metrics.decision_change_count,
    provided: reasoning_metrics.reasoning_provided,
    words: reasoning_metrics.word_count,
    keywords: reasoning_metrics.logical_keyword_count,
    final: risk_metrics.final_risk_tag,
    exposure: [...risk_metrics.risk_exposure_pattern].sort(),
  };
}

function metricsAt(point: Point, like: AnyMetrics): AnyMetrics {
  const { words, keywords } = point;
  return {
    ...like,
    time_metrics: {
      ...like.time_metrics,
      first_decision_speed_ms: point.speed,
      total_time_ms: point.total,
      ...(point.client === undefined ? {} : { first_decision_client_ms: point.client }),
    },
    decision_metrics: {
      ...like.decision_metrics,
      unique_options_viewed: point.unique,
      options_viewed_count: point.views,
      decision_change_count: point.changes,
    },
    reasoning_metrics: {
      reasoning_provided: point.provided,
      word_count: words,
      logical_keyword_count: keywords,
      reasoning_depth_score: (words * Math.min(10 + keywords, 15)) / 10,
    },
    risk_metrics: { final_risk_tag: point.final, risk_exposure_pattern: [...point.exposure] },
  } as AnyMetrics;
}

/** What a group of rules concludes: the skill's code, or the style where there is no skill. */
function conclusionAt(point: Point, group: SummaryField, { metrics, task }: Measured): string {
  const at = metricsAt(point, metrics);
  const { rules, summary } =
    at.version === '1.1.0'
      ? evaluate(at, task)
      : evaluate_1_0(at as Parameters<typeof evaluate_1_0>[0], task);
  const applied = rules.find((each) => each.applied && each.rule.rule.startsWith(`${group}.`));
  return applied?.rule.skill_code ?? summary[group];
}

/** Words that so many different keywords take up: ten are single words, the phrases have 2, 2, 3 and 4. */
const WORDS_TAKEN = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 17, 21];

/** Whether one attempt could have all these figures. */
function isPossible(point: Point, recorded: Point, group: SummaryField, task: Task): boolean {
  const { speed, client, first, total, unique, views, changes, provided, words, keywords } = point;
  const { final, exposure } = point;
  if (speed < (first ?? 0) || speed > total) return false;
  if (client !== undefined && client < -2_000 && client !== recorded.client) return false;
  if (unique > task.options.length || unique > views || (views > 0 && unique === 0)) return false;
  if (!provided && (words > 0 || keywords > 0)) return false;
  const isText = provided !== recorded.provided || words !== recorded.words || keywords !== recorded.keywords;
  if (isText && !task.requires_reasoning) return false;
  const keepsText = words >= recorded.words && keywords <= recorded.keywords;
  if (words < (WORDS_TAKEN[keywords] ?? Infinity) && !keepsText) return false;
  if (group !== 'risk_profile') return true;
  const seen = task.options.filter(({ risk_tag }) => exposure.includes(risk_tag));
  if (!exposure.includes(final) || exposure.some((risk) => !seen.some(({ risk_tag }) => risk_tag === risk))) {
    return false;
  }
  return (
    exposure.length >= recorded.exposure.length && unique <= seen.length && (seen.length > 1 || changes === 0)
  );
}

/** How far each figure is from the recorded one: in its own unit, or 1 for what is no number. */
function costOf(point: Point, recorded: Point): number[] {
  return NAMES.map((name) => {
    const [from, to] = [recorded[name], point[name]];
    if (typeof from === 'number' && typeof to === 'number') return Math.abs(from - to);
    return name === 'exposure' ? stepsOf(recorded.exposure, point.exposure) : Number(from !== to);
  });
}

/** Steps of another risk, or more, in a pattern that is not shorter. */
function stepsOf(from: readonly RiskTag[], to: readonly RiskTag[]): number {
  const left = [...from];
  return to.filter((risk) => {
    const at = left.indexOf(risk);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  }).length;
}

/** A change as text; of a pattern only how far it is away. */
function changeOf(point: Point, recorded: Point): string {
  const changed = costOf(point, recorded).flatMap((cost, index) => {
    const name = NAMES[index];
    if (!name || cost === 0) return [];
    return [name === 'exposure' ? `exposure by ${cost}` : `${name} ${point[name]}`];
  });
  return changed.join(', ');
}

export type Values = { [N in Name]?: readonly Point[N][] };

/**
 * The smallest changes of each conclusion but the recorded one, among all combinations of `values`.
 * @returns them as texts, sorted, and how many possible alternatives were judged
 */
export function tryAll(values: Values, group: SummaryField, measured: Measured) {
  const recorded = pointOf(measured.metrics);
  const own = conclusionAt(recorded, group, measured);
  const best = new Map<string, { changed: number; cost: number[]; change: string }[]>();
  let tried = 0;
  const names = FIGURES_OF[group];
  const visit = (index: number, point: Point): void => {
    const name = names[index];
    if (name !== undefined) {
      for (const value of values[name] ?? [recorded[name]]) visit(index + 1, { ...point, [name]: value });
      return;
    }
    if (!isPossible(point, recorded, group, measured.task)) return;
    tried += 1;
    const conclusion = conclusionAt(point, group, measured);
    if (conclusion === own) return;
    const cost = costOf(point, recorded);
    const changed = cost.filter((each) => each > 0).length;
    const known = best.get(conclusion) ?? [];
    if (
      known.some((each) => each.changed < changed || (each.changed === changed && isLess(each.cost, cost)))
    ) {
      return;
    }
    const kept = known.filter((each) => each.changed === changed && !isLess(cost, each.cost));
    best.set(conclusion, [...kept, { changed, cost, change: changeOf(point, recorded) }]);
  };
  visit(0, recorded);
  const found = [...best].flatMap(([conclusion, all]) => all.map(({ change }) => `${conclusion}: ${change}`));
  return { found: [...new Set(found)].sort(), tried };
}

function isLess(a: readonly number[], b: readonly number[]): boolean {
  return a.every((each, i) => each <= (b[i] ?? 0)) && a.some((each, i) => each < (b[i] ?? 0));
}

/** Counterfactuals as texts of the same kind. */
export function asTexts(counterfactuals: readonly Counterfactual[], { metrics }: Measured): string[] {
  const recorded = pointOf(metrics);
  return counterfactuals
    .map((each) => `${each.skill_code ?? each.would_be}: ${changeOf(supposed(each, recorded), recorded)}`)
    .sort();
}

/** The point that a counterfactual speaks of. */
export function supposed({ changes }: Counterfactual, recorded: Point): Point {
  const valueAt = (name: Name) => {
    const to = changes.find(({ metric }) => metric === METRIC_OF[name])?.to;
    return to === undefined ? recorded[name] : typeof to === 'object' ? [...to].sort() : to;
  };
  return Object.fromEntries(NAMES.map((name) => [name, valueAt(name)])) as unknown as Point;
}
