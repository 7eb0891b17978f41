import type { Task } from './task.ts';

/** What a candidate may see of a task, before and after the attempt. */
export interface CandidateTask {
  task_id: string;
  task_code: string;
  version: number;
  title: string;
  description: string;
  scenario: string;
  category: Task['category'];
  time_limit_seconds: number | null;
  requires_reasoning: boolean;
  options: {
    option_id: string;
    option_code: string;
    label: string;
    description: string;
    display_order: number;
  }[];
}

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
export function taskAnnouncement(task: Task) {
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
