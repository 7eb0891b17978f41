import type { Task } from '../../tasks/task.ts';
import { type ApiClient, ApiError } from '../api-client.ts';
import { DemoProblem } from './problem.ts';

/** The task that is played when none is named and it is there. */
const USUAL_TASK = 'support-backlog';

/**
 * A client with staff's credentials.
 * @throws DemoProblem where the account is not known or may not issue tokens; ApiError
 */
export async function logIn(api: ApiClient, email: string, password: string): Promise<ApiClient> {
  try {
    const session = await api.call<{ access_token: string; user: { role: string } }>('POST', '/auth/login', {
      email,
      password,
    });
    if (session.user.role === 'candidate') {
      throw new DemoProblem(`${email} is a candidate’s account; the demo needs a recruiter’s or an admin’s.`);
    }
    return api.as(session.access_token);
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 401)) throw error;
    throw new DemoProblem(
      `The server at ${api.url} does not take this address and password. Check --email and --password (or DEMO_EMAIL and DEMO_PASSWORD).`,
    );
  }
}

/**
 * The task to play, with its risk tags.
 * @throws DemoProblem where there is no such task, listing those there are; ApiError
 */
export async function chooseTask(staff: ApiClient, task_code: string | undefined): Promise<Task> {
  const { tasks } = await staff.call<{ tasks: Task[] }>('GET', '/tasks?is_active=true');
  const wanted = task_code ?? USUAL_TASK;
  const named = tasks.find((task) => task.task_code === wanted);
  const task = named ?? (task_code === undefined ? anyTask(tasks) : undefined);
  if (task) return task;
  if (tasks.length === 0) throw new DemoProblem(`The server at ${staff.url} has no active task. Create one.`);
  const codes = tasks.map((known) => known.task_code).join(', ');
  throw new DemoProblem(`There is no active task "${wanted}". There are: ${codes}.`);
}

const anyTask = (tasks: readonly Task[]) => tasks.find((task) => task.requires_reasoning) ?? tasks[0];

/** A candidate's client with the attempt that it has begun. @throws ApiError */
export async function beginAttempt(
  staff: ApiClient,
  task: Task,
): Promise<{ candidate: ApiClient; attempt_id: string }> {
  const { tokens } = await staff.call<{ tokens: { token: string }[] }>('POST', '/tokens/generate', {
    task_id: task.task_id,
  });
  const { attempt, access_token } = await staff
    .as(undefined)
    .call<{ attempt: { attempt_id: string }; access_token: string }>('POST', '/attempts', {
      token: tokens[0]?.token,
    });
  return { candidate: staff.as(access_token), attempt_id: attempt.attempt_id };
}
