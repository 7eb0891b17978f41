import fc from 'fast-check';
import { computeMetrics, QUALITY_FLAGS } from '../../../src/results/metrics/compute-metrics.ts';
import { RISK_TAGS, type Task } from '../../../src/tasks/task.ts';
import { taskWith } from '../../support/recorded.ts';
import { legalAttempts } from '../metrics/legal-attempts.ts';
import { someoneWith } from './some-metrics.ts';

/** Metrics near the thresholds, as attempts hardly ever make them. */
const nearThresholds = fc
  .record({
    first_decision_speed_ms: fc.oneof(
      fc.constantFrom(9_999, 10_000, 10_001, 29_999, 30_000, 30_001),
      fc.nat(90_000),
    ),
    first_decision_client_ms: fc.oneof(
      fc.constantFrom(-500, 9_999, 10_000, 10_001, 29_999, 30_000, 30_001),
      fc.nat(90_000),
    ),
    decision_change_count: fc.nat(5),
    options_viewed_count: fc.nat(15),
    unique_options_viewed: fc.nat(6),
    word_count: fc.oneof(fc.constantFrom(49, 50, 59, 60), fc.nat(200)),
    logical_keyword_count: fc.nat(14),
    final_risk_tag: fc.constantFrom(...RISK_TAGS),
    risk_exposure_pattern: fc.array(fc.constantFrom(...RISK_TAGS), { minLength: 1, maxLength: 9 }),
    options: fc.integer({ min: 2, max: 6 }),
    flagged: fc.array(fc.boolean(), { maxLength: QUALITY_FLAGS.length }),
  })
  .map(({ options, flagged, ...observed }) => {
    const { word_count, logical_keyword_count } = observed;
    const metrics = someoneWith({
      ...observed,
      quality_flags: QUALITY_FLAGS.filter((_, index) => flagged[index]),
      reasoning_provided: word_count > 0,
      reasoning_depth_score: (word_count * Math.min(10 + logical_keyword_count, 15)) / 10,
    });
    const codes = ['A', 'B', 'C', 'D', 'E', 'F'].slice(0, options);
    const task: Task = taskWith(Object.fromEntries(codes.map((code) => [code, 'low' as const])));
    return { metrics, task };
  });

const fromAttempts = legalAttempts.map(({ task, events }) => ({
  task,
  metrics: computeMetrics(events, task),
}));
/** Metrics of any completed attempt, with its task. */
export const anyone = fc.oneof(nearThresholds, fromAttempts);
