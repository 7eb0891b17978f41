import type { z } from 'zod';
import { type Task, task, taskOption } from './task.ts';

/** What a candidate may see of a task, before and after the attempt. */
export const candidateTaskView = task
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
    options: taskOption
      .pick({ option_id: true, option_code: true, label: true, description: true, display_order: true })
      .array(),
  })
  .meta({ id: 'CandidateTask' });
export type CandidateTask = z.output<typeof candidateTaskView>;

/** What whoever holds a token may know of its task before the attempt. */
export const taskAnnouncementView = task
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
