import { z } from 'zod';
import { MAX_BATCH } from '../../attempts/schemas.ts';
import { taskMarks } from '../../tasks/marks.ts';
import { RISK_TAGS } from '../../tasks/task.ts';
import { finalExpectation } from './expectations.ts';
import { fields } from './fields.ts';
import { isBatched, optionsNamed, type Step, sentTogether, step, type WrittenStep } from './steps.ts';

const task = fields({
  title: z.string().trim().min(1).max(200).default('Simulated decision'),
  requires_reasoning: z.boolean().default(true),
  time_limit_seconds: z.int().min(1).max(86_400).nullable().default(null),
  /** The task's own thresholds. */
  marks: taskMarks,
  /** The risk of each option by its code, in the order of display. */
  options: z.record(z.string(), z.enum(RISK_TAGS)).superRefine((options, context) => {
    const complain = (message: string, ...path: string[]) =>
      context.addIssue({ code: 'custom', path, message });
    const codes = Object.keys(options);
    if (codes.length < 2 || codes.length > 12) complain(`must be 2 to 12 options, not ${codes.length}`);
    const wrong = codes.filter((code) => !/^[A-Za-z0-9_-]{1,50}$/.test(code));
    for (const code of wrong) complain('may hold letters, digits, _ and - only, at most 50', code);
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
}).transform(({ steps, ...rest }, context) => {
  const codes = Object.keys(rest.task.options);
  const timed: Step[] = [];
  for (const [index, written] of steps.entries()) {
    const complain = (message: string, ...path: string[]) =>
      context.addIssue({ code: 'custom', path: ['steps', index, ...path], message });
    for (const [field, code] of optionsNamed(written)) {
      if (!codes.includes(code)) {
        complain(`must be an option of the task (${codes.join(', ')}), not "${code}"`, field);
      }
    }
    const at = timeOf(written, timed.at(-1)?.at, complain);
    timed.push({ ...written, at, batched: isBatched(written) });
  }
  let sent = 0;
  for (const group of sentTogether(timed)) {
    if (group.length > MAX_BATCH) {
      const index = sent + MAX_BATCH;
      const field = timed[index]?.batch === undefined ? 'batched' : 'batch';
      const message = `is event ${MAX_BATCH + 1} of its batch, which holds at most ${MAX_BATCH}; put the steps from here on into another one, with batch: NAME`;
      context.addIssue({ code: 'custom', path: ['steps', index, field], message });
    }
    sent += group.length;
  }
  return { ...rest, steps: timed };
});

export type Scenario = z.output<typeof scenario>;

/** When a step happens, which is at 0 for the first one that says nothing of it. */
function timeOf(
  { at, after }: WrittenStep,
  before: number | undefined,
  complain: (message: string, ...path: string[]) => void,
): number {
  if (at !== undefined && after !== undefined) {
    complain('says again when the step happens; give either at or after', 'after');
  } else if (at === undefined && after === undefined && before !== undefined) {
    complain('must say when it happens, with at or after');
  } else if (at !== undefined && at < (before ?? 0)) {
    complain(`must not be earlier than the step before it, at ${before}`, 'at');
  }
  return at ?? (before ?? 0) + (after ?? 0);
}
