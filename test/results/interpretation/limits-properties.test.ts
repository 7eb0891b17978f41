import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explain, interpret } from '../../../src/results/interpretation/interpret.ts';
import { GENERAL_MARKS } from '../../../src/tasks/general-marks.ts';
import { anyone } from './anyone.ts';

const SPEED = 'time_metrics.first_decision_speed_ms';

describe('whatever the metrics', () => {
  it('a contradicted speed concludes no decision style that rests on it', () => {
    fc.assert(
      fc.property(anyone, ({ metrics, task }) => {
        const { first_decision_speed_ms: server, first_decision_client_ms: client } = metrics.time_metrics;
        fc.pre(!metrics.quality_flags.includes('client_clock_unusable') && Math.abs(server - client) > 2_000);
        const { decision_style } = interpret(metrics, task).behavioral_summary;
        if (decision_style === 'analytical') expect(Math.min(server, client)).toBeGreaterThan(30_000);
        if (decision_style === 'decisive') expect(Math.max(server, client)).toBeLessThan(10_000);
      }),
    );
  });

  it('what cannot be assessed held on the server’s clock, does not hold, and is in the notes', () => {
    fc.assert(
      fc.property(anyone, ({ metrics, task }) => {
        const conditions = explain(metrics, task).flatMap((rule) => rule.conditions);
        const open = conditions.filter(({ assessable }) => !assessable);
        for (const condition of open) {
          expect(condition).toMatchObject({ metric: SPEED, held: false, reason: 'clocks_disagree' });
        }
        const notes = interpret(metrics, task).recruiter_notes;
        expect(notes.includes('so how soon the first option was selected cannot be told')).toBe(
          open.length > 0,
        );
      }),
    );
  });

  it('each limit comes with one more sentence, and only a limited skill has one', () => {
    fc.assert(
      fc.property(anyone, ({ metrics, task }) => {
        const { inferred_skills } = interpret(metrics, task);
        const explanation = explain(metrics, task);
        for (const { skill_code, reliability, limited_by, evidence } of inferred_skills) {
          expect(reliability).toBe(limited_by.length > 0 ? 'limited' : 'full');
          expect(new Set(limited_by).size).toBe(limited_by.length);
          const rule = explanation.find(({ concludes }) => concludes === skill_code);
          const conditions = rule?.conditions.filter(({ metric }) => !metric.endsWith('reasoning_provided'));
          expect(evidence).toHaveLength((conditions?.length ?? 0) + limited_by.length);
          expect(new Set(evidence).size).toBe(evidence.length);
        }
      }),
    );
  });

  it('a task without marks is read as one whose marks are the general ones', () => {
    fc.assert(
      fc.property(anyone, ({ metrics, task }) => {
        const { marks: _, ...without } = task;
        const own = { ...task, marks: { ...GENERAL_MARKS } };
        expect(interpret(metrics, without)).toEqual(interpret(metrics, task));
        expect(interpret(metrics, own).behavioral_summary).toEqual(
          interpret(metrics, task).behavioral_summary,
        );
        expect(interpret(metrics, own).borderline).toEqual(interpret(metrics, task).borderline);
        const judged = (each: typeof without) =>
          explain(metrics, each).flatMap(({ conditions }) =>
            conditions.map(({ threshold_of: _, ...condition }) => condition),
          );
        expect(judged(own)).toEqual(judged(without));
      }),
    );
  });

  it('what is borderline lies as far from its threshold as is said, and within what its reason reaches', () => {
    fc.assert(
      fc.property(anyone, ({ metrics, task }) => {
        const conditions = explain(metrics, task).flatMap((rule) => rule.conditions);
        const { borderline } = interpret(metrics, task);
        const { first_decision_speed_ms: server, first_decision_client_ms: client } = metrics.time_metrics;
        for (const { metric, threshold, distance, reason } of borderline) {
          const looked = conditions.find((each) => each.metric === metric && each.threshold === threshold);
          expect(Math.abs(Number(looked?.actual) - threshold)).toBeCloseTo(distance, 6);
          if (reason === 'resolution') expect(distance).toBeLessThanOrEqual(1);
          if (reason === 'within_5_percent') expect(distance).toBeLessThanOrEqual(threshold * 0.05 + 1e-9);
          if (reason !== 'clock_disagreement') continue;
          expect(threshold).toBeGreaterThanOrEqual(Math.min(server, client) - 1);
          expect(threshold).toBeLessThanOrEqual(Math.max(server, client) + 1);
        }
        expect(new Set(borderline.map((each) => `${each.metric} ${each.threshold}`)).size).toBe(
          borderline.length,
        );
      }),
    );
  });
});
