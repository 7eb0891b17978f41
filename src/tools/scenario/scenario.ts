import { z } from 'zod';
import { taskMarks } from '../../tasks/marks.ts';
import { RISK_TAGS } from '../../tasks/task.ts';
import { finalExpectation } from './expectations.ts';
import { fields } from './fields.ts';
import { reasoningProblem } from './reasoning-text.ts';
import { optionsNamed, type Step, step, type WrittenStep } from './steps.ts';

const OPTION_CODE = /^[A-Za-z0-9_-]{1,50}$/;

const task = fields({
  title: z.string().trim().min(1).max(200).default('Simulated decision'),
  requires_reasoning: z.boolean().default(true),
  time_limit_seconds: z.int().min(1).max(86_400).nullable().default(null),
  /** The task's own thresholds. */
  marks: taskMarks,
  /** The risk of each option by its code, in the order of display. */
  options: z.record(z.string(), z.enum(RISK_TAGS)).superRefine((options, context) => {
    const codes = Object.keys(options);
    if (codes.length < 2 || codes.length > 12) {
      context.addIssue({ code: 'custom', message: `must be 2 to 12 options, not ${codes.length}` });
    }
    for (const code of codes.filter((code) => !OPTION_CODE.test(code))) {
      const message = 'may hold letters, digits, _ and - only, at most 50';
      context.addIssue({ code: 'custom', path: [code], message });
    }
  }),
});

export type SimulatedTask = z.output<typeof task>;

/** A person, the task, what the person does and what is expected to come of it. */
export const scenario = fields({
  person: z.string().trim().min(1),
  /** More about the person, for the reader of the file. */
  about: z.string().optional(),
  /** What is expected holds to the millisecond, which no run against a server can keep: played only here. */
  exact_times: z.boolean().default(false),
  task,
  steps: z.array(step).min(1),
  expect: finalExpectation.default({}),
})
  .superRefine(({ steps, task }, context) => {
    for (const [index, problem] of problemsOf(steps, Object.keys(task.options))) {
      context.addIssue({ code: 'custom', path: ['steps', index, ...problem.path], message: problem.message });
    }
  })
  .transform((written) => ({ ...written, steps: withTimes(written.steps) }));

export type Scenario = z.output<typeof scenario>;

interface Problem {
  path: string[];
  message: string;
}

function* problemsOf(steps: readonly WrittenStep[], codes: readonly string[]): Generator<[number, Problem]> {
  for (const [index, written] of steps.entries()) {
    for (const [field, code] of optionsNamed(written)) {
      if (codes.includes(code)) continue;
      const message = `must be an option of the task (${codes.join(', ')}), not "${code}"`;
      yield [index, { path: [field], message }];
    }
    if (written.event === 'reasoning_updated' || written.event === 'reasoning_submitted') {
      const problem = reasoningProblem(written);
      if (problem) yield [index, problem];
    }
    if (written.event === 'task_completed' && written.batched && written.option === undefined) {
      yield [index, { path: ['option'], message: 'is required in a batch' }];
    }
  }
  yield* timeProblems(steps);
}

function* timeProblems(steps: readonly WrittenStep[]): Generator<[number, Problem]> {
  let before = 0;
  for (const [index, { at, after }] of steps.entries()) {
    if (at !== undefined && after !== undefined) {
      yield [
        index,
        { path: ['after'], message: 'says again when the step happens; give either at or after' },
      ];
    } else if (at === undefined && after === undefined && index > 0) {
      yield [index, { path: [], message: 'must say when it happens, with at or after' }];
    } else if (at !== undefined && at < before) {
      yield [index, { path: ['at'], message: `must not be earlier than the step before it, at ${before}` }];
    }
    before = Math.max(before, at ?? before + (after ?? 0));
  }
}

function withTimes(steps: readonly WrittenStep[]): Step[] {
  let before = 0;
  return steps.map((written) => {
    before = written.at ?? before + (written.after ?? 0);
    return { ...written, at: before };
  });
}
