import { z } from 'zod';
import { optional } from '../fields.ts';
import { GENERAL_MARKS, type MarkName, type TaskMarks } from './general-marks.ts';

/** Milliseconds; longer than any attempt lives. */
const LONGEST_MARK_MS = 2_592_000_000;

const milliseconds = z.int().min(1).max(LONGEST_MARK_MS);
const changes = z.int().min(0).max(1_000);

const marks = z.strictObject({
  fast_first_decision_ms: optional(milliseconds),
  slow_first_decision_ms: optional(milliseconds),
  few_changes: optional(changes),
  many_changes: optional(changes),
  coverage_share: optional(z.number().gt(0).max(1)),
  revisits_per_option: optional(z.number().min(0).max(1_000)),
  structured_depth: optional(z.number().gt(0).max(10_000)),
  detailed_words: optional(z.int().min(1).max(5_000)),
} satisfies Record<MarkName, z.ZodType>);

/** Pairs of marks that must not cross, because one figure would then be both. */
const ORDERED = [
  { low: 'fast_first_decision_ms', high: 'slow_first_decision_ms', mayMeet: true },
  { low: 'few_changes', high: 'many_changes', mayMeet: false },
] as const satisfies { low: MarkName; high: MarkName; mayMeet: boolean }[];

/** A task's own marks, each optional; absent or null is none. */
export const taskMarks = marks
  .superRefine((own, context) => {
    for (const { low, high, mayMeet } of ORDERED) {
      const [lower, higher] = [effective(own, low), effective(own, high)];
      if (lower < higher || (mayMeet && lower === higher)) continue;
      context.addIssue({
        code: 'custom',
        path: [own[low] === undefined ? high : low],
        message: `${low} (${lower}) must be ${mayMeet ? 'at most' : 'less than'} ${high} (${higher})`,
      });
    }
  })
  .nullish()
  .transform((own): TaskMarks => own ?? {});

function effective(own: TaskMarks, name: MarkName): number {
  return own[name] ?? GENERAL_MARKS[name];
}
