import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOfType, type RecordedEvent } from '../../../src/events/recorded-event.ts';
import { computeMetrics, QUALITY_FLAGS } from '../../../src/results/metrics/compute-metrics.ts';
import { legalAttempts } from './legal-attempts.ts';

/** Milliseconds of all views together, as front ends measured them. */
const viewed = (events: readonly RecordedEvent[]) =>
  events.filter(isOfType('option_viewed')).reduce((sum, { payload }) => sum + payload.duration_ms, 0);

/** Milliseconds from the first start of reasoning to the last submission: no reasoning lies outside them. */
function timeWithin(events: readonly RecordedEvent[]): number {
  const start = events.find(isOfType('reasoning_started'))?.timestamp_server.getTime();
  const end = events.findLast(isOfType('reasoning_submitted'))?.timestamp_server.getTime();
  return start === undefined || end === undefined ? 0 : Math.max(0, end - start);
}

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
        // Only the front end's clock may have been set back.
        const { first_decision_client_ms: _, ...onServerClock } = time;
        expect(Math.min(...Object.values(onServerClock))).toBeGreaterThanOrEqual(0);
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

  it('no moment counts twice in reasoning time', () => {
    fc.assert(
      fc.property(legalAttempts, ({ task, events }) => {
        const withoutViews =
          computeMetrics(events, task).time_metrics.active_interaction_time_ms - viewed(events);
        expect(withoutViews).toBeGreaterThanOrEqual(-0.001);
        expect(withoutViews).toBeLessThanOrEqual(timeWithin(events) + 0.001);
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
        const metrics = computeMetrics(events, task);
        const { quality_flags, ...same } = computeMetrics(weaker, { ...task, time_limit_seconds: 0 });
        const { first_decision_client_ms } = same.time_metrics;
        expect({ ...same, quality_flags: metrics.quality_flags }).toEqual({
          ...metrics,
          time_metrics: { ...metrics.time_metrics, first_decision_client_ms },
        });
        expect(quality_flags).toEqual(
          expect.arrayContaining(['clock_skew', 'time_limit_exceeded', 'events_batched']),
        );
      }),
    );
  });
});
