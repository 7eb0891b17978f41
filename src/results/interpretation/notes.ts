import type { EvaluatedRule, Evaluation } from './evaluate.ts';
import { COMPARE } from './evaluate-condition.ts';
import { counted, duration, figureOf, listed } from './figures.ts';
import { clocksDisagree } from './first-decision.ts';
import { findLimitations } from './limitations.ts';
import type { Limits } from './limits.ts';
import type { MetricNameOf } from './metric-names.ts';

/**
 * What was observed, for a recruiter, in two to four sentences: time, choice, reasoning, which rules it meets,
 * and what limits the record. Only what the record shows, with its figures, in words that judge nobody.
 */
export function recruiterNotes(evaluation: Evaluation, limits: Limits): string {
  const limitations = findLimitations(evaluation, limits);
  const time = timeSpent(evaluation);
  const choice = choiceMade(evaluation);
  const reasoning = reasoningGiven(evaluation);
  const rules = rulesMet(evaluation, limits);
  // Four sentences at most: where one must say what limits the record, choice and reasoning share theirs.
  const sentences =
    limitations.length === 0
      ? [time, choice, reasoning, rules]
      : [time, `${choice}; ${reasoning}`, rules, limitations.join('; ')];
  return sentences.map((sentence) => `${capitalise(sentence)}.`).join(' ');
}

function timeSpent(evaluation: Evaluation): string {
  const total = say(evaluation, 'time_metrics.total_time_ms');
  const hesitation = say(evaluation, 'time_metrics.hesitation_time_ms');
  return (
    `the candidate completed the task in ${total} and first selected an option ${firstSelection(evaluation)}; ` +
    `hesitation time, outside recorded option views and reasoning, was ${hesitation}`
  );
}

/** When the first option was selected, by both clocks where they tell different things. */
function firstSelection(evaluation: Evaluation): string {
  const { client } = evaluation.firstDecision;
  const after = `after ${say(evaluation, 'time_metrics.first_decision_speed_ms')}`;
  if (client === undefined || !clocksDisagree(evaluation.firstDecision)) return after;
  const other = client < 0 ? 'before the start' : `after ${duration(client)}`;
  return `${after} on the server’s clock and ${other} on the front end’s`;
}

function choiceMade(evaluation: Evaluation): string {
  const { values, options } = evaluation;
  const views = say(evaluation, 'decision_metrics.options_viewed_count');
  const unique = values['decision_metrics.unique_options_viewed'];
  const covering = unique === 0 ? '' : ` covering ${unique} of ${counted(options, ['option', 'options'])}`;
  // Not "never changed": a candidate may select anew without a change event, and only those are counted.
  const changes = say(evaluation, 'decision_metrics.decision_change_count');
  const risk = values['risk_metrics.final_risk_tag'];
  return `the record shows ${views}${covering}, ${changes} and a final choice tagged ${risk} risk`;
}

function reasoningGiven(evaluation: Evaluation): string {
  if (!evaluation.values['reasoning_metrics.reasoning_provided']) return 'no reasoning text was submitted';
  const words = say(evaluation, 'reasoning_metrics.word_count');
  const keywords = say(evaluation, 'reasoning_metrics.logical_keyword_count');
  const depth = say(evaluation, 'reasoning_metrics.reasoning_depth_score');
  return `the last submitted reasoning has ${words}, ${keywords} and a depth score of ${depth}`;
}

function rulesMet(evaluation: Evaluation, limits: Limits): string {
  const met = evaluation.rules.filter(({ applied }) => applied).map((rule) => nameOf(rule, limits));
  const isUndetermined = evaluation.summary.decision_style === 'undetermined';
  const exception = isUndetermined ? '; no rule for a decision style was met' : '';
  return `these observations meet the rules for ${listed(met)}${exception}`;
}

function nameOf({ rule, field, confidence }: EvaluatedRule, limits: Limits): string {
  const limited = limits[field].length > 0 ? ', limited reliability' : '';
  return `${rule.skill_label} (${confidence} confidence${limited})`;
}

/** A metric as it reads, rounded no further than it stays on its side of every mark that it was compared with. */
function say({ values, numbers }: Evaluation, name: MetricNameOf<number>): string {
  return figureOf(values, name, (seconds) =>
    numbers.every(({ condition: { metric, comparison }, threshold, actual }) => {
      const holds = COMPARE[comparison];
      return metric !== name || holds(seconds, threshold / 1_000) === holds(actual, threshold);
    }),
  );
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
