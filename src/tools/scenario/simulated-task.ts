import { createHash } from 'node:crypto';
import type { TaskContent } from '../../tasks/schemas.ts';
import type { Task } from '../../tasks/task.ts';
import type { SimulatedTask } from './scenario.ts';

/**
 * A scenario's task as an administrator would write it. Its code is made from all that a scenario can say
 * about it, so that runs of the same scenario, and scenarios with the same task, share one task on a server.
 */
export function taskContentOf({ options, ...task }: SimulatedTask): TaskContent {
  const { title, requires_reasoning, time_limit_seconds, marks } = task;
  // As entries: in an object the order of the options, which is the order of display, would not count.
  const facts: unknown[] = [title, requires_reasoning, time_limit_seconds, Object.entries(options)];
  // Marks are said only where there are any, so that a task without them keeps the code that it had.
  if (Object.keys(marks).length > 0) facts.push(marks);
  return {
    ...task,
    task_code: `simulated-${createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 16)}`,
    description: 'A task of a simulated person.',
    scenario: 'Something must be decided; nobody reads this.',
    category: 'prioritization',
    options: Object.entries(options).map(([option_code, risk_tag]) => ({
      option_code,
      label: `Option ${option_code}`,
      description: `What option ${option_code} means.`,
      risk_tag,
      metadata: { trade_off_type: 'simulated', domain: 'simulation' },
    })),
  };
}

/** The same task as a server would hand it out after storing it, with ids made up. */
export function virtualTask(task: SimulatedTask): Task {
  const { options, ...content } = taskContentOf(task);
  const stored = options.map((option, display_order) => {
    return { ...option, option_id: madeUpId('0b', display_order + 1), display_order };
  });
  return { ...content, task_id: madeUpId('7a', 1), version: 1, is_active: true, options: stored };
}

/** 24 hex digits that say what they name: a prefix of the kind, and a number. */
export function madeUpId(prefix: string, number: number): string {
  return prefix + number.toString(16).padStart(24 - prefix.length, '0');
}
