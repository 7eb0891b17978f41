import type { RiskTag, Task, TaskOption } from '../../tasks/task.ts';
import type { EveryOption, OptionDescription } from './persona.ts';

/** Where a task has no option of a risk, the nearest risk stands in. */
const NEAREST: Record<RiskTag, readonly RiskTag[]> = {
  low: ['low', 'medium', 'high'],
  medium: ['medium', 'low', 'high'],
  high: ['high', 'medium', 'low'],
};

/**
 * The option of `task` that fits a description best.
 * @param other than this one, which is passed over.
 * @throws Error where the task has no other option.
 */
export function pick(task: Task, { risk, nth = 1 }: OptionDescription, other?: TaskOption): TaskOption {
  const options = inOrder(task).filter((option) => option.option_id !== other?.option_id);
  for (const nearest of NEAREST[risk]) {
    const fitting = options.filter((option) => option.risk_tag === nearest);
    const option = fitting[(nth - 1) % fitting.length];
    if (option) return option;
  }
  throw new Error(`The task ${task.task_code} has too few options.`);
}

/** The option or options that a description stands for, in display order. */
export function described(task: Task, description: OptionDescription | EveryOption): TaskOption[] {
  if ('risk' in description) return [pick(task, description)];
  return inOrder(task).filter((option) => option.risk_tag !== description.except);
}

const inOrder = (task: Task): TaskOption[] =>
  [...task.options].sort((a, b) => a.display_order - b.display_order);
