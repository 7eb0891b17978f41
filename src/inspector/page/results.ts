import { make } from './dom.ts';
import { FLAG_SENTENCES } from './flag-sentences.ts';
import { seconds } from './seconds.ts';
import type { WireMetrics, WireProfile } from './wire.ts';

type Figure = string | number | boolean | readonly string[];

/** Draws what was made of a completed attempt: skills with their evidence, notes, metrics, and the rules looked at. */
export function drawResults(box: HTMLElement, metrics: WireMetrics, profile: WireProfile): void {
  box.replaceChildren(
    make('h2', {}, 'Skills'),
    ...profile.inferred_skills.map(skill),
    ...(profile.inferred_skills.length === 0 ? [make('p', {}, 'No rule held.')] : []),
    make('h3', {}, 'Summary'),
    figures(Object.entries(profile.behavioral_summary)),
    ...closeCalls(profile),
    make('h3', {}, 'Notes'),
    make('p', { class: 'notes' }, profile.recruiter_notes),
    make('h2', {}, 'Metrics'),
    ...groupsOf(metrics).flatMap(([name, group]) => [make('h3', {}, words(name)), figures(group)]),
    make('h3', {}, 'Quality flags'),
    ...qualityFlags(metrics),
    make(
      'details',
      {},
      make('summary', {}, `All ${profile.explanation.length} rules that were looked at`),
      ...profile.explanation.map(rule),
    ),
  );
}

function skill(inferred: WireProfile['inferred_skills'][number]): HTMLElement {
  const { skill_label, skill_code, confidence, evidence } = inferred;
  // Profiles of interpreter 1.0.0 say nothing of reliability.
  const isLimited = 'reliability' in inferred && inferred.reliability === 'limited';
  return make(
    'article',
    { class: 'skill', 'data-skill': skill_code },
    make(
      'h3',
      {},
      skill_label,
      ' ',
      make('span', { class: `confidence ${confidence}` }, confidence),
      isLimited ? make('span', { class: 'confidence limited' }, 'limited reliability') : undefined,
    ),
    make('ul', {}, ...evidence.map((sentence) => make('li', {}, sentence))),
  );
}

/** The marks that figures come close to. */
function closeCalls(profile: WireProfile): HTMLElement[] {
  if (!('borderline' in profile) || profile.borderline.length === 0) return [];
  const calls = profile.borderline.map(({ metric, threshold, distance, reason }) => {
    const from = distance === 0 ? 'at' : `${shown(metric, distance)} from`;
    return make(
      'li',
      {},
      `${words(metric.replace(/^.*\./, ''))}: ${from} the mark of ${shown(metric, threshold)}`,
      make('span', { class: 'quiet' }, distance === 0 ? '' : `, ${CLOSE[reason]}`),
    );
  });
  return [make('h3', {}, 'Close to a mark'), make('ul', { class: 'close-calls' }, ...calls)];
}

const CLOSE = {
  resolution: 'closer than the clocks can tell',
  clock_disagreement: 'between what the two clocks tell',
  within_5_percent: 'within 5 % of it',
};

function qualityFlags({ quality_flags }: WireMetrics): HTMLElement[] {
  if (quality_flags.length === 0) return [make('p', {}, 'none')];
  const flags = quality_flags.map((flag) =>
    make('div', {}, make('dt', {}, words(flag)), make('dd', {}, FLAG_SENTENCES[flag])),
  );
  return [make('dl', { class: 'flags' }, ...flags)];
}

function rule({ concludes, held, applied, conditions }: WireProfile['explanation'][number]): HTMLElement {
  const verdict = applied ? 'applied' : held ? 'held, but an earlier rule came first' : 'did not hold';
  return make(
    'section',
    { class: applied ? 'rule applied' : 'rule' },
    make('h3', {}, concludes, ' ', make('span', { class: 'quiet' }, verdict)),
    make('ul', { class: 'conditions' }, ...conditions.map(condition)),
  );
}

function condition(looked: WireProfile['explanation'][number]['conditions'][number]): HTMLElement {
  const { metric, comparison, threshold, actual, held } = looked;
  const owner = 'threshold_of' in looked && looked.threshold_of === 'task' ? ' (this task’s mark)' : '';
  const doubt = 'assessable' in looked && !looked.assessable ? ', not assessable: the clocks disagree' : '';
  return make(
    'li',
    { class: held ? 'yes' : 'no' },
    `${held ? '✓' : '✗'} ${metric} ${comparison} ${threshold}${owner}`,
    make('span', { class: 'quiet' }, ` was ${shown(metric, actual)}${doubt}`),
  );
}

/** The metrics' own groups; what stands beside them is no figure. */
function groupsOf({ time_metrics, decision_metrics, reasoning_metrics, risk_metrics }: WireMetrics) {
  const groups = { time_metrics, decision_metrics, reasoning_metrics, risk_metrics };
  return Object.entries(groups).map(
    ([name, group]) => [name.replace('_metrics', ''), Object.entries(group) as [string, Figure][]] as const,
  );
}

const figures = (entries: readonly [string, Figure][]): HTMLElement =>
  make(
    'dl',
    {},
    ...entries.map(([name, value]) =>
      make('div', {}, make('dt', {}, words(name)), make('dd', {}, shown(name, value))),
    ),
  );

/** A figure with its unit, which its name ends with. */
function shown(name: string, value: Figure): string {
  if (typeof value === 'number' && name.endsWith('_ms')) return seconds(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'object' ? value.join(' · ') || 'nothing' : words(String(value));
}

const words = (name: string): string => name.replace(/_ms$/, '').replaceAll('_', ' ');
