import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explain, interpret } from '../../../src/results/interpretation/interpret.ts';
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
    decision_change_count: fc.nat(5),
    options_viewed_count: fc.nat(15),
    unique_options_viewed: fc.nat(6),
    word_count: fc.oneof(fc.constantFrom(49, 50, 59, 60), fc.nat(200)),
    logical_keyword_count: fc.nat(14),
    final_risk_tag: fc.constantFrom(...RISK_TAGS),
    risk_exposure_pattern: fc.array(fc.constantFrom(...RISK_TAGS), { minLength: 1, maxLength: 9 }),
    options: fc.integer({ min: 2, max: 6 }),
  })
  .map(({ options, ...observed }) => {
    const { word_count, logical_keyword_count } = observed;
    const metrics = someoneWith({
      ...observed,
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
const anyone = fc.oneof(nearThresholds, fromAttempts);

const sentencesOf = (text: string) => text.split(/(?<=\.) (?=[A-Z])/);

describe('whatever the metrics', () => {
  it('the same metrics give the same profile, and are left as they were', () => {
    fc.assert(
      fc.property(anyone, ({ metrics, task }) => {
        const before = structuredClone(metrics);
        expect(interpret(metrics, task)).toEqual(interpret(structuredClone(metrics), task));
        expect(metrics).toEqual(before);
      }),
    );
  });

  it('there is at most one skill for each question, and always one for risk', () => {
    fc.assert(
      fc.property(anyone, ({ metrics, task }) => {
        const { inferred_skills, behavioral_summary } = interpret(metrics, task);
        const { decision_style, reasoning_style } = behavioral_summary;
        const expected =
          1 + (decision_style === 'undetermined' ? 0 : 1) + (reasoning_style === 'none' ? 0 : 1);
        expect(inferred_skills).toHaveLength(expected);
        expect(new Set(inferred_skills.map((skill) => skill.skill_code)).size).toBe(expected);
      }),
    );
  });

  it('the explanation’s conditions alone give the profile again', () => {
    fc.assert(
      fc.property(anyone, ({ metrics, task }) => {
        const explanation = explain(metrics, task);
        const firstOfGroup = new Map<string | undefined, string>();
        for (const { rule, concludes, held, conditions } of explanation) {
          expect(held).toBe(conditions.every((condition) => condition.held));
          const [group] = rule.split('.');
          if (held && !firstOfGroup.has(group)) firstOfGroup.set(group, concludes);
        }
        const skills = interpret(metrics, task).inferred_skills.map((skill) => skill.skill_code);
        expect([...firstOfGroup.values()]).toEqual(skills);
        expect(explanation.filter(({ applied }) => applied).map(({ concludes }) => concludes)).toEqual(
          skills,
        );
      }),
    );
  });

  it('every evidence is a sentence that names its figure', () => {
    fc.assert(
      fc.property(anyone, ({ metrics, task }) => {
        for (const { evidence } of interpret(metrics, task).inferred_skills) {
          expect(evidence.length).toBeGreaterThan(0);
          for (const sentence of evidence) {
            expect(sentence).toMatch(/^[A-Z][^{}]*\.$/);
            expect(sentence).toMatch(/\d|\b(low|medium|high) risk\b/);
            expect(sentencesOf(sentence)).toHaveLength(1);
          }
        }
      }),
    );
  });

  it('notes are two to four sentences with figures, in neutral words and the right number', () => {
    fc.assert(
      fc.property(anyone, ({ metrics, task }) => {
        const notes = interpret(metrics, task).recruiter_notes;
        const sentences = sentencesOf(notes);
        expect(sentences.length).toBeGreaterThanOrEqual(2);
        expect(sentences.length).toBeLessThanOrEqual(4);
        expect(notes).toMatch(/^[A-Z].*\d.*\.$/);
        expect(notes).not.toMatch(/anxious|nervous|hesitant|careless|weak|poor|good|bad|undefined|NaN|[{}]/i);
        expect(notes).not.toMatch(/(?<![\d.])1 (seconds|minutes|views|words|changes|option views)\b/);
      }),
    );
  });

  it('quality flags change nothing', () => {
    fc.assert(
      fc.property(anyone, fc.subarray([...QUALITY_FLAGS]), ({ metrics, task }, quality_flags) => {
        const flagged = { ...metrics, quality_flags };
        expect(interpret(flagged, task)).toEqual(interpret(metrics, task));
        expect(explain(flagged, task)).toEqual(explain(metrics, task));
      }),
    );
  });
});
