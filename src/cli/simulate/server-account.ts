import type { Task } from '../../tasks/task.ts';
import { ApiClient, ApiError } from '../api-client.ts';
import type { SimulatedTask } from './scenario.ts';
import { taskContentOf } from './simulated-task.ts';

/** @returns a client with the staff account's rights. @throws ApiError for wrong credentials. */
export async function logIn(
  url: string,
  credentials: { email: string; password: string },
): Promise<ApiClient> {
  const api = new ApiClient(url.replace(/\/+$/, ''));
  const { access_token } = await api.call<{ access_token: string }>('POST', '/auth/login', credentials);
  return api.as(access_token);
}

/**
 * The id of a scenario's task on a server. It is made there on first use, for which the account must be an
 * administrator's; later runs find it by its code.
 * @throws ApiError where it is neither there nor may be made.
 */
export async function ensureTask(staff: ApiClient, simulated: SimulatedTask): Promise<string> {
  const content = taskContentOf(simulated);
  const found = await findTask(staff, content.task_code);
  if (found) return found;
  try {
    const { task } = await staff.call<{ task: Task }>('POST', '/tasks', content);
    return task.task_id;
  } catch (error) {
    // Another run made it since it was looked for.
    const made =
      error instanceof ApiError && error.status === 409 && (await findTask(staff, content.task_code));
    if (made) return made;
    throw error;
  }
}

async function findTask(staff: ApiClient, task_code: string): Promise<string | undefined> {
  const path = `/tasks?task_code=${task_code}&is_active=true`;
  const { tasks } = await staff.call<{ tasks: Task[] }>('GET', path);
  return tasks[0]?.task_id;
}
