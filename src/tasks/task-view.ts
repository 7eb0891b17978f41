import { z } from 'zod';
import { objectIdString } from '../fields.ts';
import { MARK_NAMES } from './general-marks.ts';
import { RISK_TAGS, TASK_CATEGORIES, type Task } from './task.ts';

/** One choice of a task. `risk_tag` and `metadata` are for staff only until an attempt is completed. */
const taskOptionView = z
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

/** One immutable version of a task with its options in display order, as staff see it. */
export const taskView = z
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
    options: z.array(taskOptionView),
  })
  .meta({ id: 'Task' });

/** What a candidate may see of a task, before and after the attempt. */
export const candidateTaskView = taskView
  .pick({
    task_id: true,
    task_code: true,
    version: true,
    title: true,
    description: true,
    scenario: true,
    category: true,
    time_limit_seconds: true,
    requires_reasoning: true,
  })
  .extend({
    options: taskOptionView
      .pick({ option_id: true, option_code: true, label: true, description: true, display_order: true })
      .array(),
  })
  .meta({ id: 'CandidateTask' });
export type CandidateTask = z.output<typeof candidateTaskView>;

/** What whoever holds a token may know of its task before the attempt. */
export const taskAnnouncementView = taskView
  .pick({
    task_id: true,
    task_code: true,
    title: true,
    description: true,
    category: true,
    time_limit_seconds: true,
    requires_reasoning: true,
  })
  .meta({ id: 'TaskAnnouncement' });

/**
 * The one place that decides what a candidate sees of a task. Fields are named one by one, so that a new
 * field stays hidden until somebody adds it here: risk tags and option metadata would give away how a
 * choice is going to be read.
 */
export function candidateTask(task: Task): CandidateTask {
  return {
    task_id: task.task_id,
    task_code: task.task_code,
    version: task.version,
    title: task.title,
    description: task.description,
    scenario: task.scenario,
    category: task.category,
    time_limit_seconds: task.time_limit_seconds,
    requires_reasoning: task.requires_reasoning,
    options: task.options.map(({ option_id, option_code, label, description, display_order }) => {
      return { option_id, option_code, label, description, display_order };
    }),
  };
}

/**
 * What whoever holds a token may know of its task before the attempt. Nothing of the scenario: a candidate who has
 * read it before the start has thought about it unobserved.
 */
export function taskAnnouncement(task: Task): z.output<typeof taskAnnouncementView> {
  return {
    task_id: task.task_id,
    task_code: task.task_code,
    title: task.title,
    description: task.description,
    category: task.category,
    time_limit_seconds: task.time_limit_seconds,
    requires_reasoning: task.requires_reasoning,
  };
}
