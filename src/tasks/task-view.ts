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
  const { task_id, task_code, version, title, description, scenario, category } = task;
  const { time_limit_seconds, requires_reasoning } = task;
  return {
    ...{ task_id, task_code, version, title, description, scenario, category },
    ...{ time_limit_seconds, requires_reasoning },
    options: task.options.map(({ option_id, option_code, label, description, display_order }) => {
      return { option_id, option_code, label, description, display_order };
    }),
  };
}
