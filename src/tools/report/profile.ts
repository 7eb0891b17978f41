import { FLAG_SENTENCES } from '../../inspector/page/flag-sentences.ts';
import type { Interpretation } from '../../results/interpretation/interpret.ts';
import type { ComputedMetrics } from '../../results/metrics/computed-metrics.ts';
import type { Task } from '../../tasks/task.ts';
import type { Results } from '../player/stage.ts';
import { asWords, duration, type Paint, wrap } from './text.ts';

/** A candidate's results as a recruiter reads them: what it comes to first, the figures last. */
export function profileLines({ metrics, profile }: Results, task: Task, paint: Paint): string[] {
  const { inferred_skills: skills, recruiter_notes } = profile;
  return [
    paint('bold', skills.map(({ skill_label }) => skill_label).join(' · ')),
    summary(profile),
    '',
    paint('bold', 'Skills'),
    ...skills.flatMap(({ skill_label, skill_code, confidence, reliability, evidence }) => [
      `  ${paint('bold', skill_label)}, ${confidence} confidence ${paint('dim', `[${skill_code}]`)}${reliability === 'limited' ? ', limited reliability' : ''}`,
      ...evidence.flatMap((sentence) => wrap(sentence, '    - ')),
    ]),
    '',
    paint('bold', 'Notes'),
    ...wrap(recruiter_notes, '  '),
    '',
    paint('bold', 'Key figures'),
    ...keyFigures(metrics, task).flatMap(([name, value]) => wrap(value, `  ${name.padEnd(22)}`)),
    '',
    paint('bold', 'Quality of the record'),
    ...quality(metrics),
  ];
}

function summary({ behavioral_summary }: Interpretation): string {
  const { decision_style, risk_profile, reasoning_style } = behavioral_summary;
  return [
    `Decision style: ${asWords(decision_style)}`,
    `risk profile: ${asWords(risk_profile)}`,
    `reasoning style: ${asWords(reasoning_style)}`,
  ].join(', ');
}

function keyFigures(metrics: ComputedMetrics, task: Task): [name: string, value: string][] {
  const { time_metrics: time, decision_metrics: decision, reasoning_metrics: reasoning } = metrics;
  const { final_risk_tag, risk_exposure_pattern } = metrics.risk_metrics;
  const limit = task.time_limit_seconds;
  return [
    [
      'Whole attempt',
      `${duration(time.total_time_ms)}${limit ? ` (limit: ${duration(limit * 1_000)})` : ''}`,
    ],
    ['First decision after', duration(time.first_decision_speed_ms)],
    ['Views and writing', duration(time.active_interaction_time_ms)],
    ['Hesitation time', `${duration(time.hesitation_time_ms)} (the rest)`],
    [
      'Option views',
      `${decision.options_viewed_count}, covering ${decision.unique_options_viewed} of ${task.options.length} options`,
    ],
    ['Final option viewed', duration(decision.final_option_view_duration_ms)],
    ['Selection changes', String(decision.decision_change_count)],
    ['Final risk', final_risk_tag],
    ['Risks on the way', risk_exposure_pattern.join(', ')],
    [
      'Reasoning',
      reasoning.reasoning_provided
        ? `${reasoning.word_count} words, ${reasoning.logical_keyword_count} logical keywords, depth score ${reasoning.reasoning_depth_score}`
        : 'none',
    ],
    ['Events recorded', String(metrics.raw_event_count)],
  ];
}

function quality({ quality_flags }: ComputedMetrics): string[] {
  if (quality_flags.length === 0) return ['  Nothing makes this record weaker.'];
  // A newer server may know more flags than this command.
  const texts: Record<string, string> = FLAG_SENTENCES;
  return quality_flags.flatMap((flag) => wrap(`${texts[flag] ?? flag} [${flag}]`, '  - '));
}
