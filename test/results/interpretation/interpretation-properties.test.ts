import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explain, type Interpretation, interpret } from '../../../src/results/interpretation/interpret.ts';
import { QUALITY_FLAGS } from '../../../src/results/metrics/compute-metrics.ts';
import { anyone } from './anyone.ts';

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

  it('quality flags change no conclusion and no confidence, except that an unusable clock contradicts nothing', () => {
    const flags = fc.subarray(QUALITY_FLAGS.filter((flag) => flag !== 'client_clock_unusable'));
    fc.assert(
      fc.property(anyone, flags, ({ metrics, task }, others) => {
        const isUnusable = metrics.quality_flags.includes('client_clock_unusable');
        const quality_flags = isUnusable ? [...others, 'client_clock_unusable' as const] : others;
        const flagged = { ...metrics, quality_flags };
        expect(interpret(flagged, task).behavioral_summary).toEqual(
          interpret(metrics, task).behavioral_summary,
        );
        expect(explain(flagged, task)).toEqual(explain(metrics, task));
        const conclusions = ({ inferred_skills }: Interpretation) =>
          inferred_skills.map(({ skill_code, confidence }) => [skill_code, confidence]);
        expect(conclusions(interpret(flagged, task))).toEqual(conclusions(interpret(metrics, task)));
      }),
    );
  });
});
