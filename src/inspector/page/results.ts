import { make, seconds } from './dom.ts';
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
    make('h3', {}, 'Notes'),
    make('p', { class: 'notes' }, profile.recruiter_notes),
    make('h2', {}, 'Metrics'),
    ...groupsOf(metrics).flatMap(([name, group]) => [make('h3', {}, words(name)), figures(group)]),
    make('h3', {}, 'Quality flags'),
    make('p', {}, metrics.quality_flags.length > 0 ? metrics.quality_flags.map(words).join(', ') : 'none'),
    make(
      'details',
      {},
      make('summary', {}, `All ${profile.explanation.length} rules that were looked at`),
      ...profile.explanation.map(rule),
    ),
  );
}

function skill({ skill_label, skill_code, confidence, evidence }: WireProfile['inferred_skills'][number]) {
  return make(
    'article',
    { class: 'skill', 'data-skill': skill_code },
    make('h3', {}, skill_label, ' ', make('span', { class: `confidence ${confidence}` }, confidence)),
    make('ul', {}, ...evidence.map((sentence) => make('li', {}, sentence))),
  );
}

function rule({ concludes, held, applied, conditions }: WireProfile['explanation'][number]): HTMLElement {
  const verdict = applied ? 'applied' : held ? 'held, but an earlier rule came first' : 'did not hold';
  return make(
    'section',
    { class: applied ? 'rule applied' : 'rule' },
    make('h3', {}, concludes, ' ', make('span', { class: 'quiet' }, verdict)),
    make(
      'ul',
      { class: 'conditions' },
      ...conditions.map(({ metric, comparison, threshold, actual, held: yes }) =>
        make(
          'li',
          { class: yes ? 'yes' : 'no' },
          `${yes ? '✓' : '✗'} ${metric} ${comparison} ${threshold}`,
          make('span', { class: 'quiet' }, ` was ${shown(metric, actual)}`),
        ),
      ),
    ),
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
