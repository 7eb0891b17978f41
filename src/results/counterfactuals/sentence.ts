import { RISK_TAGS, type RiskTag } from '../../tasks/task.ts';
import { counted, exactDuration, listed, times } from '../interpretation/figures.ts';
import type { FigureName } from './figures.ts';
import type { Alternative, Change } from './smallest.ts';

/**
 * `With 1 selection change instead of 2 and every other figure as recorded, the rules of interpreter 1.1.0 would have
 * concluded Decisive Thinker.` It says what the rules make of figures: no advice, and nothing about a person.
 * Durations are exact to the last digit, because they lie right beside a mark.
 *
 * @param conclusion the skill's label, or that there is none
 */
export function counterfactualSentence(
  { changes, follows }: Alternative,
  conclusion: string,
  interpreter_version: string,
): string {
  const figures = changes.flatMap((change, index) => {
    const consequences = follows.filter(
      ({ metric }) => changes.findLastIndex((each) => CAUSES[metric]?.includes(each.metric)) === index,
    );
    const phrases = phrasesOf(change);
    if (consequences.length === 0) return phrases;
    return [`${listed(phrases)} (${listed(consequences.flatMap(phrasesOf))})`];
  });
  const supposition = listed([...figures, 'every other figure as recorded']);
  return `With ${supposition}, the rules of interpreter ${interpreter_version} would have concluded ${conclusion}.`;
}

/** What moves a metric that is computed from others. */
const CAUSES: { readonly [Name in FigureName]?: readonly FigureName[] } = {
  'time_metrics.hesitation_time_ms': ['time_metrics.total_time_ms'],
  'reasoning_metrics.reasoning_depth_score': [
    'reasoning_metrics.reasoning_provided',
    'reasoning_metrics.word_count',
    'reasoning_metrics.logical_keyword_count',
  ],
};

type Phrase = (to: number, from: number) => string;

const NUMBERS: { readonly [Name in FigureName]?: Phrase } = {
  'time_metrics.first_decision_speed_ms': (to, from) =>
    `a first selection ${exactDuration(to)} after the start instead of ${exactDuration(from)}`,
  'time_metrics.first_decision_client_ms': (to, from) =>
    `a first selection ${exactDuration(to)} after the start on the front end’s clock instead of ${exactDuration(from)}`,
  'time_metrics.first_action_ms': (to, from) =>
    `a first event ${exactDuration(to)} after the start instead of ${exactDuration(from)}`,
  'time_metrics.total_time_ms': (to, from) =>
    `a total time of ${exactDuration(to)} instead of ${exactDuration(from)}`,
  'time_metrics.hesitation_time_ms': (to, from) =>
    `hesitation time of ${exactDuration(to)} instead of ${exactDuration(from)}`,
  'decision_metrics.unique_options_viewed': (to, from) =>
    `${counted(to, ['different option', 'different options'])} viewed instead of ${from}`,
  'decision_metrics.options_viewed_count': (to, from) =>
    `${counted(to, ['option view', 'option views'])} instead of ${from}`,
  'decision_metrics.decision_change_count': (to, from) =>
    `${counted(to, ['selection change', 'selection changes'])} instead of ${from}`,
  'reasoning_metrics.word_count': (to, from) =>
    `${counted(to, ['word', 'words'])} in the last submitted reasoning instead of ${from}`,
  'reasoning_metrics.logical_keyword_count': (to, from) =>
    `${counted(to, ['different logical keyword', 'different logical keywords'])} in the last submitted reasoning instead of ${from}`,
  'reasoning_metrics.reasoning_depth_score': (to, from) => `a depth score of ${to} instead of ${from}`,
};

function phrasesOf({ metric, from, to }: Change): string[] {
  if (typeof from === 'object' && typeof to === 'object') return exposurePhrases(from, to);
  if (typeof to === 'string') return [`a final choice tagged ${to} risk instead of ${from} risk`];
  if (typeof to === 'boolean') {
    return [
      to
        ? 'any word of reasoning submitted instead of none'
        : 'no word of reasoning submitted instead of one or more',
    ];
  }
  const phrase = NUMBERS[metric];
  if (!phrase || typeof to !== 'number' || typeof from !== 'number') {
    throw new Error(`There are no words for a change of ${metric}.`);
  }
  return [phrase(to, from)];
}

/** Only of the risks that came up in one pattern and not in the other. */
function exposurePhrases(from: readonly RiskTag[], to: readonly RiskTag[]): string[] {
  const timesIn = (steps: readonly RiskTag[], risk: RiskTag) =>
    times(steps.filter((step) => step === risk).length);
  const risks = RISK_TAGS.filter((risk) => from.includes(risk) !== to.includes(risk));
  return risks.map(
    (risk) => `options of ${risk} risk coming up ${timesIn(to, risk)} instead of ${timesIn(from, risk)}`,
  );
}
