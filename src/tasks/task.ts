import { z } from 'zod';
import { objectIdString } from '../fields.ts';
import { MARK_NAMES } from './general-marks.ts';

export const TASK_CATEGORIES = ['prioritization', 'risk_assessment', 'resource_allocation'] as const;
export type TaskCategory = (typeof TASK_CATEGORIES)[number];

export const RISK_TAGS = ['low', 'medium', 'high'] as const;
export type RiskTag = (typeof RISK_TAGS)[number];

/** One choice of a task. `risk_tag` and `metadata` are for staff only until an attempt is completed. */
export const taskOption = z
  .object({
    option_id: objectIdString,
    option_code: z.string().meta({ examples: ['A'] }),
    label: z.string(),
    description: z.string(),
    risk_tag: z.enum(RISK_TAGS),
    metadata: z.object({ trade_off_type: z.string(), domain: z.string() }),
    display_order: z.int(),
  })
  .meta({ id: 'TaskOption' });
export type TaskOption = z.output<typeof taskOption>;

/** One immutable version of a task with its options in display order, as staff see it. */
export const task = z
  .object({
    task_id: objectIdString,
    task_code: z.string().meta({ examples: ['release-decision'] }),
    version: z.int().describe('1, 2 …; an edit makes the next version under a new id.'),
    title: z.string(),
    description: z.string(),
    scenario: z.string(),
    category: z.enum(TASK_CATEGORIES),
    time_limit_seconds: z
      .int()
      .nullable()
      .describe('Soft limit: exceeding it sets a quality flag and refuses nothing.'),
    requires_reasoning: z.boolean(),
    marks: z
      .partialRecord(z.enum(MARK_NAMES), z.number())
      .describe('The task’s own thresholds, for staff only. Empty where the general marks hold.'),
    is_active: z.boolean(),
    options: z.array(taskOption),
  })
  .meta({ id: 'Task' });
export type Task = z.output<typeof task>;
