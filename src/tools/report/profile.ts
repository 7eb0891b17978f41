import { metricValues } from '../../results/interpretation/metric-names.ts';
import type { ComputedMetrics, QualityFlag } from '../../results/metrics/computed-metrics.ts';
import type { Results } from '../player/stage.ts';
import { asWords, duration, type Paint, wrap } from './text.ts';

const FLAGS: Record<QualityFlag, string> = {
  active_time_exceeds_total:
    'The views and the writing add up to more than the whole attempt: views overlapped, or were measured wrongly.',
  clock_skew: 'The candidate’s clock and the server’s disagree by more than 2 seconds about some interval.',
  time_limit_exceeded: 'The attempt took longer than the task’s time limit.',
  resumed_after_abandon:
    'The candidate left and came back: the total and hesitation times include the absence.',
  events_batched: 'Some events arrived in batches, so that their server times say less.',
  selection_without_change_event: 'Another option was selected without an event that says it was a change.',
};

/** A candidate's results as a recruiter reads them: what it comes to first, the figures last. */
export function profileLines({ metrics, profile }: Results, paint: Paint): string[] {
  const { inferred_skills: skills, recruiter_notes } = profile;
  const { decision_style, risk_profile, reasoning_style } = profile.behavioral_summary;
  const styles = `Decision style: ${decision_style}, risk profile: ${risk_profile}, reasoning style: ${reasoning_style}`;
  return [
    paint('bold', skills.map(({ skill_label }) => skill_label).join(' · ') || 'No skill is concluded'),
    asWords(styles),
    '',
    paint('bold', 'Skills'),
    ...skills.flatMap(({ skill_label, skill_code, confidence, evidence }) => [
      `  ${paint('bold', skill_label)}, ${confidence} confidence ${paint('dim', `[${skill_code}]`)}`,
      ...evidence.flatMap((sentence) => wrap(sentence, '    - ')),
    ]),
    '',
    paint('bold', 'Notes'),
    ...wrap(recruiter_notes, '  '),
    '',
    paint('bold', 'Metrics'),
    ...Object.entries(metricsByName(metrics)).flatMap(([name, value]) =>
      wrap(metricText(name, value), `  ${name.padEnd(48)}`),
    ),
    '',
    paint('bold', 'Quality of the record'),
    ...qualityLines(metrics),
  ];
}

/** Every metric by its dotted name, in the order in which they are stored. */
export function metricsByName(metrics: ComputedMetrics): Record<string, unknown> {
  const { raw_event_count, quality_flags, version } = metrics;
  return { ...metricValues(metrics), raw_event_count, quality_flags, version };
}

function metricText(name: string, value: unknown): string {
  if (Array.isArray(value)) return value.join(', ') || 'none';
  return typeof value === 'number' && name.endsWith('_ms') ? `${value} (${duration(value)})` : String(value);
}

function qualityLines({ quality_flags }: ComputedMetrics): string[] {
  if (quality_flags.length === 0) return ['  Nothing makes this record weaker.'];
  // A newer server may know more flags than this command.
  const texts: Record<string, string> = FLAGS;
  return quality_flags.flatMap((flag) => wrap(`${texts[flag] ?? flag} [${flag}]`, '  - '));
}
