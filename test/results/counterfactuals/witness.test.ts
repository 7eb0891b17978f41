import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { currentMachine } from '../../../machines/index.ts';
import { isCompleted } from '../../../src/attempts/session/machine-state.ts';
import type { RecordedEvent } from '../../../src/events/recorded-event.ts';
import type { Counterfactual } from '../../../src/results/counterfactuals/find-counterfactuals.ts';
import type { SummaryField } from '../../../src/results/interpretation/rules.ts';
import { RESULTS_VERSIONS, resultsVersion } from '../../../src/results/versions.ts';
import { GENERAL_MARKS, type TaskMarks } from '../../../src/tasks/general-marks.ts';
import type { Task } from '../../../src/tasks/task.ts';
import { replay } from '../../support/replay.ts';
import { goldenLog, goldenNames } from '../golden/logs.ts';
import { legalAttempts } from '../metrics/legal-attempts.ts';
import { type Name, pointOf, supposed } from './brute-force.ts';
import { witnessOf } from './witness.ts';

/* Every counterfactual is true of a real log: the machine accepts it, the formulas give its figures, the rules conclude it. */

/** What rules look at, and what limits it in time; acts that are merely counted along are not among them. */
const EXACT: Record<SummaryField, readonly Name[]> = {
  decision_style: [
    ...(['speed', 'client', 'first', 'total', 'unique', 'views', 'changes'] as const),
    ...(['provided', 'words', 'keywords'] as const),
  ],
  risk_profile: ['final', 'exposure'],
  reasoning_style: ['provided', 'words', 'keywords'],
};

interface Attempt {
  task: Task;
  events: RecordedEvent[];
}

const marks: fc.Arbitrary<TaskMarks> = fc
  .record({
    fast_first_decision_ms: fc.constantFrom(500, 2_000, 10_000),
    slow_first_decision_ms: fc.constantFrom(10_000, 12_000, 60_000),
    few_changes: fc.nat(2),
    many_changes: fc.integer({ min: 3, max: 9 }),
    coverage_share: fc.constantFrom(0.3, 0.8, 1),
    revisits_per_option: fc.constantFrom(0, 0.5, 1.5, 400),
    structured_depth: fc.constantFrom(3, 60, 99.5, 3_500),
    detailed_words: fc.constantFrom(1, 50, 2_400),
  })
  .chain((own) => fc.constantFrom(own, {}, { ...GENERAL_MARKS }));

const attempts: fc.Arbitrary<Attempt> = fc
  .record({ attempt: legalAttempts, marks, requires_reasoning: fc.boolean() })
  .map(({ attempt: { task, events }, ...facts }) => ({
    task: { ...task, ...facts },
    events: events
      .filter(({ event_type }) => facts.requires_reasoning || !event_type.startsWith('reasoning_'))
      // The machine does not take that a task is left twice without a return.
      .filter((event, index, all) => !(isLeft(event) && isLeft(all[index - 1])))
      .map((event, index) => ({ ...event, sequence_number: index + 1 })),
  }));

function isLeft(event: RecordedEvent | undefined): boolean {
  return event?.event_type === 'task_abandoned';
}

/** What becomes of the witness of a counterfactual, step by step. */
function confirm(counterfactual: Counterfactual, { task, events }: Attempt, version: string): void {
  const { computeMetrics, interpret } = resultsVersion(version);
  const metrics = computeMetrics(events, task);
  const witness = witnessOf(counterfactual, events, task, metrics);
  const input = { attempt_id: 'witness', requires_reasoning: task.requires_reasoning };
  expect(isCompleted(replay(currentMachine, input, witness))).toBe(true);

  const { group, would_be, skill_code, follows } = counterfactual;
  const measured = computeMetrics(witness, task);
  const [figures, wanted] = [pointOf(measured), supposed(counterfactual, pointOf(metrics))];
  for (const name of EXACT[group]) expect([name, figures[name]]).toEqual([name, wanted[name]]);
  const text = JSON.stringify(measured);
  for (const { metric, to } of follows) {
    if (metric === 'reasoning_metrics.reasoning_depth_score') {
      expect(text).toContain(`"reasoning_depth_score":${to}`);
    }
  }

  const profile = interpret(measured, task);
  expect(profile.behavioral_summary[group]).toBe(would_be);
  const codes = profile.inferred_skills.map((skill) => skill.skill_code);
  if (skill_code !== null) expect(codes).toContain(skill_code);
}

/** Shows a log for every counterfactual of an attempt. @returns what they conclude */
function confirmAll(attempt: Attempt, version: string): string[] {
  const { computeMetrics, findCounterfactuals } = resultsVersion(version);
  const metrics = computeMetrics(attempt.events, attempt.task);
  return findCounterfactuals(metrics, attempt.task).map((counterfactual) => {
    confirm(counterfactual, attempt, version);
    return counterfactual.skill_code ?? counterfactual.would_be;
  });
}

describe.each(Object.keys(RESULTS_VERSIONS))('by the rules of %s a log can be shown for each', (version) => {
  it('of the golden attempts', () => {
    const logs = goldenNames.map((name) => {
      const { task, events } = goldenLog(name);
      return { task: { ...task, requires_reasoning: true } as Task, events };
    });
    const concluded = new Set(logs.flatMap((attempt) => confirmAll(attempt, version)));
    // Eleven skills and two conclusions without one.
    expect(concluded.size).toBe(13);
  });

  it('of any attempt', () => {
    fc.assert(
      fc.property(attempts, (attempt) => {
        confirmAll(attempt, version);
      }),
      { numRuns: process.env['COUNTERFACTUALS'] === 'long' ? 300 : 15 },
    );
  });
});
