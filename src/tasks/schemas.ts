import { z } from 'zod';
import type { ListOrder } from '../database/pages.ts';
import { objectIdString } from '../fields.ts';
import { pageQuery } from '../http/page-query.ts';
import { taskMarks } from './marks.ts';
import { RISK_TAGS, TASK_CATEGORIES } from './task.ts';

const line = z.string().trim().min(1).max(200);
const paragraph = z.string().trim().min(1).max(10_000);

const option = z.strictObject({
  option_code: z.string().regex(/^[A-Za-z0-9_-]{1,50}$/, 'may hold letters, digits, _ and - only'),
  label: line,
  description: paragraph,
  risk_tag: z.enum(RISK_TAGS),
  metadata: z.strictObject({ trade_off_type: line, domain: line }),
});

/** What an administrator writes of a task. The order of `options` is the order of display. */
export const taskContent = z.strictObject({
  task_code: z.string().regex(/^[A-Za-z0-9_-]{1,50}$/, 'may hold letters, digits, _ and - only'),
  title: line,
  description: paragraph,
  scenario: paragraph,
  category: z.enum(TASK_CATEGORIES),
  time_limit_seconds: z.int().min(1).max(86_400).nullable().default(null),
  requires_reasoning: z.boolean(),
  marks: taskMarks,
  options: z
    .array(option)
    .min(2)
    .max(12)
    .refine((options) => repeatedCodes(options).length === 0, {
      // Looked at even when an option has other mistakes, so that one answer names all of them.
      when: ({ value }) => Array.isArray(value),
      error: ({ input }) =>
        `option codes must differ; used more than once: ${repeatedCodes(input).join(', ')}`,
    }),
});

/** Codes that several options have. @param options as sent, of whatever shape */
function repeatedCodes(options: unknown): string[] {
  const codes = (options as { option_code?: unknown }[]).map((each) => each?.option_code);
  const strings = codes.filter((code): code is string => typeof code === 'string');
  return [...new Set(strings.filter((code, index) => strings.indexOf(code) !== index))];
}

export type TaskContent = z.output<typeof taskContent>;

/** An edit: the whole content but for the code, which names the task through all its versions. */
export const taskEdit = taskContent.omit({ task_code: true });

export type TaskEdit = z.output<typeof taskEdit>;

/** By code, the newest version of each first. */
export const TASKS_BY_CODE: ListOrder = [
  { field: 'task_code', kind: 'text', direction: 1 },
  { field: 'version', kind: 'number', direction: -1 },
];

const page = pageQuery(TASKS_BY_CODE);

export const taskQuery = z.strictObject({
  category: z.enum(TASK_CATEGORIES).optional(),
  is_active: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional(),
  task_code: z.string().max(50).optional(),
  ...page,
});

export type TaskFilter = Omit<z.output<typeof taskQuery>, keyof typeof page>;

export const taskPath = z.object({ task_id: objectIdString });
