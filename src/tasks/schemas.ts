import { z } from 'zod';
import type { ListOrder } from '../database/pages.ts';
import { moment, objectIdString, text } from '../fields.ts';
import { pageQuery } from '../http/page-query.ts';
import { taskMarks } from './marks.ts';
import { RISK_TAGS, TASK_CATEGORIES } from './task.ts';

const line = text(200);
const paragraph = text(10_000);

const option = z.strictObject({
  option_code: z.string().regex(/^[A-Za-z0-9_-]{1,50}$/, 'may hold letters, digits, _ and - only'),
  label: line,
  description: paragraph,
  risk_tag: z.enum(RISK_TAGS),
  metadata: z.strictObject({ trade_off_type: line, domain: line }),
});

/** 2 to 12 options with different codes. */
const optionList = <T extends z.ZodType>(each: T) =>
  z
    .array(each)
    .min(2)
    .max(12)
    .refine((options) => repeatedCodes(options).length === 0, {
      // Looked at even when an option has other mistakes, so that one answer names all of them.
      when: ({ value }) => Array.isArray(value),
      error: ({ input }) =>
        `option codes must differ; used more than once: ${repeatedCodes(input).join(', ')}`,
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
  options: optionList(option),
});

/** Codes that several options have. @param options as sent, of whatever shape */
function repeatedCodes(options: unknown): string[] {
  const codes = (options as { option_code?: unknown }[]).map((each) => each?.option_code);
  const strings = codes.filter((code): code is string => typeof code === 'string');
  return [...new Set(strings.filter((code, index) => strings.indexOf(code) !== index))];
}

export type TaskContent = z.output<typeof taskContent>;

const taskAsRead = taskContent.extend({
  options: optionList(
    option.extend({
      option_id: objectIdString.optional(),
      display_order: z.int().min(0).max(1_000).optional(),
    }),
  ),
  task_id: objectIdString.optional(),
  task_code: taskContent.shape.task_code.optional(),
  version: z.int().min(1).optional(),
  is_active: z.boolean().optional(),
  created_at: moment.optional(),
  updated_at: moment.optional(),
});

/**
 * An edit: the whole content of the next version, as it is or as GET answers it, in `{task}` and with the fields that
 * no edit can change. `version` is the version that was edited.
 */
export const taskEdit = z.preprocess(unwrap, taskAsRead);

/** What an edit may be, for the documents. */
export const taskEditAsSent = z.union([taskAsRead, z.strictObject({ task: taskAsRead })]);

/** What GET put into an object of its own. Anything else stays as it was sent. */
function unwrap(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !('task' in body)) return body;
  return Object.keys(body).length === 1 ? body.task : body;
}

/** Bytes of a request with a task: all texts as long as they may be, in any script and escaping. */
export const TASK_BODY_LIMIT = 1024 * 1024;

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
