import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coreOf } from '../../src/events/event-core.ts';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import * as now from '../../src/results/interpretation/interpret.ts';
import { computeMetrics } from '../../src/results/metrics/compute-metrics.ts';
import * as then from '../../src/results/v1.0.0/interpretation/interpret.ts';
import { computeMetrics as computeMetricsThen } from '../../src/results/v1.0.0/metrics/compute-metrics.ts';
import { QUALITY_FLAGS } from '../../src/results/v1.0.0/metrics/computed-metrics.ts';
import { legalAttempts } from './metrics/legal-attempts.ts';

/* Where none of its new rules applies, 1.1.0 gives what 1.0.0 gave. */

/** Whether two starts of reasoning wait for a submission, of which 1.0.0 counted both. */
function pairsLikeBrackets(events: readonly RecordedEvent[]): boolean {
  let waiting = 0;
  for (const { event_type } of events) {
    if (event_type === 'reasoning_started') waiting += 1;
    if (event_type === 'reasoning_submitted') {
      if (waiting > 1) return true;
      waiting = 0;
    }
  }
  return false;
}

it('neither version looks at anything but the core of events', () => {
  const added = fc.dictionary(fc.string(), fc.string());
  fc.assert(
    fc.property(legalAttempts, added, ({ task, events }, more) => {
      const observed = events.map(
        (event) => ({ ...event, payload: { ...more, ...event.payload }, metadata: more }) as RecordedEvent,
      );
      const core = observed.map(coreOf);
      expect(core).toEqual(events);
      for (const compute of [computeMetrics, computeMetricsThen]) {
        expect(compute(core, task)).toEqual(compute(observed, task));
      }
    }),
  );
});

describe('metrics 1.1.0 beside 1.0.0', () => {
  it('differ in nothing but what was added and the time of reasoning that was started twice', () => {
    fc.assert(
      fc.property(legalAttempts, ({ task, events }) => {
        fc.pre(!pairsLikeBrackets(events));
        const before = computeMetricsThen(events, task);
        const after = computeMetrics(events, task);
        const known = after.quality_flags.filter((flag) =>
          (QUALITY_FLAGS as readonly string[]).includes(flag),
        );
        expect({ ...after, quality_flags: known, version: '1.0.0' }).toMatchObject(before);
        expect(known).toEqual(before.quality_flags);
      }),
    );
  });

  it('never count more time of reasoning', () => {
    fc.assert(
      fc.property(legalAttempts, ({ task, events }) => {
        const before = computeMetricsThen(events, task).time_metrics;
        const after = computeMetrics(events, task).time_metrics;
        expect(after.active_interaction_time_ms).toBeLessThanOrEqual(before.active_interaction_time_ms);
        expect(after.hesitation_time_ms).toBeGreaterThanOrEqual(before.hesitation_time_ms);
      }),
    );
  });
});

describe('the rules of 1.1.0 beside those of 1.0.0', () => {
  it('conclude the same with the same confidence where the clocks contradict nothing', () => {
    fc.assert(
      fc.property(legalAttempts, ({ task, events }) => {
        const metrics = computeMetrics(events, task);
        const conditions = now.explain(metrics, task).flatMap((rule) => rule.conditions);
        fc.pre(conditions.every(({ assessable }) => assessable));
        const before = then.interpret(computeMetricsThen(events, task), task);
        const after = now.interpret(metrics, task);
        const inShort = ({
          inferred_skills,
        }: {
          inferred_skills: { skill_code: string; confidence: string }[];
        }) => inferred_skills.map(({ skill_code, confidence }) => `${skill_code} ${confidence}`);
        expect(after.behavioral_summary).toEqual(before.behavioral_summary);
        expect(inShort(after)).toEqual(inShort(before));
      }),
    );
  });
});
