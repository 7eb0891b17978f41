import { LONG_PAUSE_ABOVE_MS } from '../../metrics/quality-flags.ts';
import { findUnsettled } from '../borderline.ts';
import { decisionStyleAt, type Evaluation } from '../evaluate.ts';
import { duration, exactDuration, figureOf, listed } from '../figures.ts';
import { clocksDisagree, reach } from '../first-decision.ts';
import type { Limit } from './limit.ts';

/* What limits a decision style. The contract's section 8; the figures behind it are of real people's records. */

const noOptionViewed = {
  code: 'no_option_viewed',
  holds: ({ flags }) => flags.includes('no_option_viewed'),
  evidence: ({ values }) =>
    `The record shows ${figureOf(values, 'decision_metrics.options_viewed_count')}, so it does not tell what was looked at before the first selection.`,
  note: () => 'no option view is on record',
} as const satisfies Limit;

const longPause = {
  code: 'long_pause',
  holds: ({ flags }) => flags.includes('long_pause'),
  evidence: ({ values }) =>
    `The longest time between two recorded events was ${longestPause(values)}, above the mark of ${duration(LONG_PAUSE_ABOVE_MS)} for a long pause, and the record does not tell what happened in it.`,
  note: ({ values }) => `the longest pause between two events lasted ${longestPause(values)}`,
} as const satisfies Limit;

const resumedAfterAbandon = {
  code: 'resumed_after_abandon',
  holds: ({ flags }) => flags.includes('resumed_after_abandon'),
  evidence: ({ values }) =>
    `The task was left and taken up again within the ${figureOf(values, 'time_metrics.total_time_ms')} that it took, so its times include time away from it.`,
  note: () => 'the task was left and taken up again',
} as const satisfies Limit;

/** Another style would have followed from a speed that the two clocks cannot tell from the recorded one. */
const atTheMark = {
  code: 'borderline',
  holds: (evaluation) => {
    const { from, to } = reach(evaluation.firstDecision);
    const marks = findUnsettled(evaluation).map(({ threshold }) => threshold);
    if (marks.length === 0) return false;
    // Between two marks the style does not change, so these speeds stand for all in reach.
    return [from, ...marks, to].some(
      (ms) => decisionStyleAt(ms, evaluation) !== evaluation.summary.decision_style,
    );
  },
  evidence: (evaluation) =>
    `By ${clocks(evaluation)} the first option was selected ${speeds(evaluation)} after the start, give or take 1 millisecond, and ${marks(evaluation)} within that.`,
  note: (evaluation) =>
    // Where the two clocks contradict each other, the notes begin with that.
    clocksDisagree(evaluation.firstDecision)
      ? undefined
      : `the clocks do not tell on which side of the mark of ${thresholds(evaluation)} the first selection lies`,
} as const satisfies Limit;

export const decisionLimits = [noOptionViewed, longPause, resumedAfterAbandon, atTheMark] as const;

function longestPause(values: Evaluation['values']): string {
  return figureOf(
    values,
    'time_metrics.longest_pause_ms',
    (seconds) => seconds > LONG_PAUSE_ABOVE_MS / 1_000,
  );
}

function clocks({ firstDecision }: Evaluation): string {
  return firstDecision.client === undefined ? 'the server’s clock' : 'the two clocks';
}

function speeds({ firstDecision: { server, client = server } }: Evaluation): string {
  if (server === client) return exactDuration(server);
  return `between ${exactDuration(Math.min(server, client))} and ${exactDuration(Math.max(server, client))}`;
}

function thresholds(evaluation: Evaluation): string {
  return listed(findUnsettled(evaluation).map(({ threshold }) => duration(threshold)));
}

function marks(evaluation: Evaluation): string {
  const [noun, verb] = findUnsettled(evaluation).length === 1 ? ['mark', 'lies'] : ['marks', 'lie'];
  return `the ${noun} of ${thresholds(evaluation)} ${verb}`;
}
