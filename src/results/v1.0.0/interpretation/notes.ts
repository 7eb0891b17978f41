import type { Evaluation } from './evaluate.ts';
import { counted, figure } from './figures.ts';
import type { MetricNameOf } from './metric-names.ts';

/**
 * What was observed, for a recruiter, in four sentences: time, choice, reasoning, and which rules it
 * meets. Only what the record shows, with its figures, in words that judge nobody.
 */
export function recruiterNotes(evaluation: Evaluation): string {
  return [timeSpent, choiceMade, reasoningGiven, rulesMet].map((sentence) => sentence(evaluation)).join(' ');
}

function timeSpent(evaluation: Evaluation): string {
  const total = say(evaluation, 'time_metrics.total_time_ms');
  const first = say(evaluation, 'time_metrics.first_decision_speed_ms');
  const hesitation = say(evaluation, 'time_metrics.hesitation_time_ms');
  return (
    `The candidate completed the task in ${total} and first selected an option after ${first}; ` +
    `hesitation time, outside recorded option views and reasoning, was ${hesitation}.`
  );
}

function choiceMade(evaluation: Evaluation): string {
  const { values, options } = evaluation;
  const views = say(evaluation, 'decision_metrics.options_viewed_count');
  const unique = values['decision_metrics.unique_options_viewed'];
  const covering = unique === 0 ? '' : ` covering ${unique} of ${counted(options, ['option', 'options'])}`;
  // Not "never changed": a candidate may select anew without a change event, and only those are counted.
  const changes = say(evaluation, 'decision_metrics.decision_change_count');
  const risk = values['risk_metrics.final_risk_tag'];
  return `The record shows ${views}${covering}, ${changes} and a final choice tagged ${risk} risk.`;
}

function reasoningGiven(evaluation: Evaluation): string {
  if (!evaluation.values['reasoning_metrics.reasoning_provided']) return 'No reasoning text was submitted.';
  const words = say(evaluation, 'reasoning_metrics.word_count');
  const keywords = say(evaluation, 'reasoning_metrics.logical_keyword_count');
  const depth = say(evaluation, 'reasoning_metrics.reasoning_depth_score');
  return `The last submitted reasoning has ${words}, ${keywords} and a depth score of ${depth}.`;
}

function rulesMet({ rules, summary }: Evaluation): string {
  const met = rules.filter((evaluated) => evaluated.applied);
  const names = met.map(({ rule, confidence }) => `${rule.skill_label} (${confidence} confidence)`);
  const exception = summary.decision_style === 'undetermined' ? '; no rule for a decision style was met' : '';
  return `These observations meet the rules for ${listed(names)}${exception}.`;
}

function say({ values }: Evaluation, name: MetricNameOf<number>): string {
  return figure(name, values[name]);
}

/** `a`, `a and b`, `a, b and c`. */
function listed(items: readonly string[]): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} and ${last}`;
}
