import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeMetrics, QUALITY_FLAGS } from '../../../src/results/metrics/compute-metrics.ts';
import { legalAttempts } from './legal-attempts.ts';

describe('whatever the candidate did', () => {
  it('the same events give the same metrics, and are left as they were', () => {
    fc.assert(
      fc.property(legalAttempts, ({ task, events }) => {
        const before = structuredClone(events);
        expect(computeMetrics(events, task)).toEqual(computeMetrics(structuredClone(events), task));
        expect(events).toEqual(before);
      }),
    );
  });

  it('times are never negative, and activity and hesitation fill the total unless activity exceeds it', () => {
    fc.assert(
      fc.property(legalAttempts, ({ task, events }) => {
        const { time_metrics: time, quality_flags } = computeMetrics(events, task);
        expect(Math.min(...Object.values(time))).toBeGreaterThanOrEqual(0);
        expect(time.first_decision_speed_ms).toBeLessThanOrEqual(time.total_time_ms);
        if (quality_flags.includes('active_time_exceeds_total')) expect(time.hesitation_time_ms).toBe(0);
        else
          expect(time.active_interaction_time_ms + time.hesitation_time_ms).toBeCloseTo(
            time.total_time_ms,
            3,
          );
      }),
    );
  });

  it('counts agree with each other', () => {
    fc.assert(
      fc.property(legalAttempts, ({ task, events }) => {
        const metrics = computeMetrics(events, task);
        const { decision_metrics: decision, reasoning_metrics: reasoning, risk_metrics: risk } = metrics;
        expect(decision.unique_options_viewed).toBeLessThanOrEqual(decision.options_viewed_count);
        expect(decision.unique_options_viewed).toBeLessThanOrEqual(task.options.length);
        expect(reasoning.reasoning_depth_score).toBeGreaterThanOrEqual(reasoning.word_count);
        expect(reasoning.reasoning_depth_score).toBeLessThanOrEqual(1.5 * reasoning.word_count);
        if (!reasoning.reasoning_provided) expect(reasoning.word_count).toBe(0);
        expect(risk.risk_exposure_pattern).toContain(risk.final_risk_tag);
        expect(metrics.raw_event_count).toBe(events.length);
      }),
    );
  });

  it('flags come in their order, each once', () => {
    fc.assert(
      fc.property(legalAttempts, ({ task, events }) => {
        const { quality_flags } = computeMetrics(events, task);
        expect(quality_flags).toEqual(QUALITY_FLAGS.filter((flag) => quality_flags.includes(flag)));
      }),
    );
  });

  it('what only raises flags changes no metric: another client clock, batches, a time limit', () => {
    fc.assert(
      fc.property(legalAttempts, fc.integer({ min: 3_000, max: 90_000 }), ({ task, events }, drift) => {
        const weaker = events.map((event, index) => ({
          ...event,
          batched: true as const,
          timestamp_client: new Date(event.timestamp_client.getTime() + index * drift),
        }));
        const { quality_flags: _, ...metrics } = computeMetrics(events, task);
        const { quality_flags, ...same } = computeMetrics(weaker, { ...task, time_limit_seconds: 0 });
        expect(same).toEqual(metrics);
        expect(quality_flags).toEqual(
          expect.arrayContaining(['clock_skew', 'time_limit_exceeded', 'events_batched']),
        );
      }),
    );
  });
});
