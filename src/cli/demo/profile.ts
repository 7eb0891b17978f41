import { duration } from '../../results/interpretation/figures.ts';
import type { ExplainedRule } from '../../results/interpretation/interpret.ts';
import type { QualityFlag } from '../../results/metrics/compute-metrics.ts';
import type { SavedMetrics, SavedProfile } from '../../results/result-store.ts';
import type { Task } from '../../tasks/task.ts';
import { asWords, type Paint, wrap } from './text.ts';

/** As GET metrics answers. */
export type Metrics = Omit<SavedMetrics, 'computed_at'>;
/** As GET skills?explain=true answers. */
export type Profile = Omit<SavedProfile, 'computed_at'> & { explanation: ExplainedRule[] };

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
export function profileLines(metrics: Metrics, profile: Profile, task: Task, paint: Paint): string[] {
  const { inferred_skills: skills, recruiter_notes } = profile;
  return [
    paint.strong(skills.map(({ skill_label }) => skill_label).join(' · ')),
    summary(profile),
    '',
    paint.strong('Skills'),
    ...skills.flatMap(({ skill_label, skill_code, confidence, evidence }) => [
      `  ${paint.strong(skill_label)}, ${confidence} confidence ${paint.faint(`[${skill_code}]`)}`,
      ...evidence.flatMap((sentence) => wrap(sentence, '    - ')),
    ]),
    '',
    paint.strong('Notes'),
    ...wrap(recruiter_notes, '  '),
    '',
    paint.strong('Key figures'),
    ...keyFigures(metrics, task).flatMap(([name, value]) => wrap(value, `  ${name.padEnd(22)}`)),
    '',
    paint.strong('Quality of the record'),
    ...quality(metrics),
  ];
}

function summary({ behavioral_summary }: Profile): string {
  const { decision_style, risk_profile, reasoning_style } = behavioral_summary;
  return [
    `Decision style: ${asWords(decision_style)}`,
    `risk profile: ${asWords(risk_profile)}`,
    `reasoning style: ${asWords(reasoning_style)}`,
  ].join(', ');
}

function keyFigures(metrics: Metrics, task: Task): [name: string, value: string][] {
  const { time_metrics: time, decision_metrics: decision, reasoning_metrics: reasoning } = metrics;
  const { final_risk_tag, risk_exposure_pattern } = metrics.risk_metrics;
  const limit = task.time_limit_seconds;
  return [
    ['Whole attempt', `${spelled(time.total_time_ms)}${limit ? ` (limit: ${duration(limit * 1_000)})` : ''}`],
    ['First decision after', spelled(time.first_decision_speed_ms)],
    ['Views and writing', spelled(time.active_interaction_time_ms)],
    ['Hesitation time', `${spelled(time.hesitation_time_ms)} (the rest)`],
    [
      'Option views',
      `${decision.options_viewed_count}, covering ${decision.unique_options_viewed} of ${task.options.length} options`,
    ],
    ['Final option viewed', spelled(decision.final_option_view_duration_ms)],
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

/** Below a minute to the tenth of a second. */
const spelled = (ms: number) => (ms < 59_950 ? `${(ms / 1_000).toFixed(1)} s` : duration(ms));

function quality({ quality_flags }: Metrics): string[] {
  if (quality_flags.length === 0) return ['  Nothing makes this record weaker.'];
  // A newer server may know more flags than this command.
  const texts: Record<string, string> = FLAGS;
  return quality_flags.flatMap((flag) => wrap(`${texts[flag] ?? flag} [${flag}]`, '  - '));
}
