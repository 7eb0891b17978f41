import fc from 'fast-check';
import { LOGICAL_KEYWORDS } from '../../../src/results/metrics/logical-keywords.ts';
import type { AnyMetrics } from '../../../src/results/versions.ts';
import type { TaskMarks } from '../../../src/tasks/general-marks.ts';
import { RISK_TAGS, type RiskTag, type Task } from '../../../src/tasks/task.ts';
import { taskWith } from '../../support/recorded.ts';
import { someoneWith } from '../interpretation/some-metrics.ts';

/* Metrics of attempts that could be, at tasks of two to twelve options. */

export interface Measured {
  metrics: AnyMetrics;
  task: Task;
}

/** Marks so low that trying everything around them takes no time. */
const lowMarks = fc.record({
  fast_first_decision_ms: fc.integer({ min: 1, max: 3 }),
  slow_first_decision_ms: fc.integer({ min: 3, max: 5 }),
  few_changes: fc.integer({ min: 0, max: 1 }),
  many_changes: fc.integer({ min: 2, max: 3 }),
  coverage_share: fc.constantFrom(0.2, 0.5, 0.8, 1),
  revisits_per_option: fc.constantFrom(0, 0.3, 0.5, 1),
  structured_depth: fc.constantFrom(0.5, 2, 4.2, 6, 7.5),
  detailed_words: fc.integer({ min: 1, max: 7 }),
}) satisfies fc.Arbitrary<TaskMarks>;

const risk = fc.constantFrom(...RISK_TAGS);

const anyTask = (marks: fc.Arbitrary<TaskMarks>): fc.Arbitrary<Task> =>
  fc
    .record({
      risks: fc.array(risk, { minLength: 2, maxLength: 12 }),
      marks,
      requires_reasoning: fc.integer({ min: 0, max: 9 }).map((dice) => dice > 0),
    })
    .map(({ risks, ...facts }) =>
      taskWith(Object.fromEntries(risks.map((each, i) => [`O${i}`, each])), facts),
    );

const figures = fc.record({
  speed: fc.nat(7),
  client: fc.oneof(
    { weight: 3, arbitrary: fc.constant(undefined) },
    fc.integer({ min: -3, max: 9 }),
    fc.integer({ min: 1_995, max: 2_010 }),
    fc.integer({ min: -2_000, max: -1_990 }),
  ),
  after: fc.nat(3),
  first: fc.nat(7),
  unique: fc.nat(12),
  revisits: fc.nat(6),
  changes: fc.nat(4),
  provided: fc.boolean(),
  words: fc.nat(9),
  keywords: fc.nat(4),
  final: risk,
  exposure: fc.array(risk, { maxLength: 5 }),
  isClockUnusable: fc.integer({ min: 0, max: 5 }).map((dice) => dice === 0),
  version: fc.constantFrom('1.0.0' as const, '1.1.0' as const),
});

/** Figures at and around low marks, of either version. */
export const lowRecords: fc.Arbitrary<Measured> = fc
  .record({ task: anyTask(lowMarks), of: figures })
  .map(({ task, of }) => {
    const tags = task.options.map(({ risk_tag }) => risk_tag);
    const isTagged = (each: RiskTag) => tags.includes(each);
    const final = isTagged(of.final) ? of.final : (tags[0] ?? 'low');
    const exposure = [...of.exposure.filter(isTagged), final];
    const seen = tags.filter((each) => exposure.includes(each)).length;
    const unique = Math.min(of.unique, seen);
    const words = task.requires_reasoning ? of.words : 0;
    const keywords = Math.min(of.keywords, words, LOGICAL_KEYWORDS.length);
    const total = of.speed + of.after;
    const metrics = someoneWith({
      total_time_ms: total,
      active_interaction_time_ms: 1,
      hesitation_time_ms: Math.max(0, total - 1),
      first_decision_speed_ms: of.speed,
      first_decision_client_ms: of.client ?? of.speed,
      first_action_ms: Math.min(of.first, of.speed),
      unique_options_viewed: unique,
      options_viewed_count: unique === 0 ? 0 : unique + of.revisits,
      decision_change_count: seen === 1 ? 0 : of.changes,
      reasoning_provided: words > 0 || (task.requires_reasoning && of.provided),
      word_count: words,
      logical_keyword_count: keywords,
      reasoning_depth_score: (words * (10 + keywords)) / 10,
      final_risk_tag: final,
      risk_exposure_pattern: exposure,
      quality_flags: of.isClockUnusable ? ['client_clock_unusable'] : [],
    });
    return { metrics: of.version === '1.1.0' ? metrics : asOf1_0(metrics), task };
  });

function asOf1_0({
  time_metrics: { first_decision_client_ms, first_action_ms, longest_pause_ms, ...time_metrics },
  ...metrics
}: ReturnType<typeof someoneWith>): AnyMetrics {
  return { ...metrics, time_metrics, quality_flags: [], version: '1.0.0' };
}
