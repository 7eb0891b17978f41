import { randomUUID } from 'node:crypto';
import type { RiskTag, Task } from '../../src/tasks/task.ts';
import type { ApiClient } from '../../src/tools/api-client.ts';
import { taskWith } from './recorded.ts';

/*
 * What staff prepare before a candidate can start.
 */

/** Creates a task with these options and risks over the API. */
export async function createTask(
  admin: ApiClient,
  risks: Record<string, RiskTag> = { A: 'low', B: 'medium', C: 'high' },
  facts: Partial<Pick<Task, 'requires_reasoning' | 'time_limit_seconds'>> = {},
): Promise<Task> {
  const { task } = await admin.call<{ task: Task }>('POST', '/tasks', {
    ...contentOf(taskWith(risks)),
    requires_reasoning: true,
    ...facts,
    task_code: `task-${randomUUID()}`,
  });
  return task;
}

/** What an administrator writes of a task, without its code. */
export function contentOf({ title, description, scenario, category, requires_reasoning, options }: Task) {
  return {
    title,
    description,
    scenario,
    category,
    requires_reasoning,
    options: options.map(({ option_id: _, display_order: __, ...option }) => option),
  };
}

export interface IssuedToken {
  token: string;
  attempt_id: string;
}

export async function issueTokens(staff: ApiClient, task: Task, order: object = {}): Promise<IssuedToken[]> {
  const body = { task_id: task.task_id, ...order };
  return (await staff.call<{ tokens: IssuedToken[] }>('POST', '/tokens/generate', body)).tokens;
}

/** Issues one token. */
export async function issueToken(staff: ApiClient, task: Task): Promise<IssuedToken> {
  const [issued] = await issueTokens(staff, task);
  if (!issued) throw new Error('No token was issued.');
  return issued;
}
