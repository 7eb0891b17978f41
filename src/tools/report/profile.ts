import { FLAG_SENTENCES } from '../../inspector/page/flag-sentences.ts';
import { metricValues } from '../../results/interpretation/metric-names.ts';
import type { ComputedMetrics } from '../../results/metrics/computed-metrics.ts';
import type { Results } from '../player/stage.ts';
import { asWords, duration, type Paint, wrap } from './text.ts';

/** A candidate's results as a recruiter reads them: what it comes to first, the figures last. */
export function profileLines({ metrics, profile }: Results, paint: Paint): string[] {
  const { inferred_skills: skills, recruiter_notes } = profile;
  const { decision_style, risk_profile, reasoning_style } = profile.behavioral_summary;
  // A newer server may know more flags than this command.
  const sentences: Record<string, string> = FLAG_SENTENCES;
  const styles = `Decision style: ${decision_style}, risk profile: ${risk_profile}, reasoning style: ${reasoning_style}`;
  return [
    paint('bold', skills.map(({ skill_label }) => skill_label).join(' · ') || 'No skill is concluded'),
    ...wrap(asWords(styles)),
    '',
    paint('bold', 'Skills'),
    ...skills.flatMap(({ skill_label, skill_code, confidence, reliability, evidence }) => [
      ...wrap(
        `${paint('bold', skill_label)}, ${confidence} confidence ${paint('dim', `[${skill_code}]`)}${reliability === 'limited' ? ', limited reliability' : ''}`,
        '  ',
      ),
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
    ...(metrics.quality_flags.length === 0 ? ['  Nothing makes this record weaker.'] : []),
    ...metrics.quality_flags.flatMap((flag) => wrap(`${sentences[flag] ?? flag} [${flag}]`, '  - ')),
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
