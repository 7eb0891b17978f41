import type { Task } from '../../tasks/task.ts';
import { ApiClient, ApiError, NoAnswer } from '../api-client.ts';
import { Problem } from '../problem.ts';
import type { SimulatedTask } from '../scenario/scenario.ts';
import { taskContentOf } from '../scenario/simulated-task.ts';

/** A running server and a staff account there. */
export interface StaffAccount {
  url: string;
  email: string;
  password: string;
}

/** A client with staff's credentials. @throws Problem for an unknown account or a candidate's; ApiError */
export async function logIn({ url, email, password }: StaffAccount): Promise<ApiClient> {
  const api = new ApiClient(url.replace(/\/+$/, ''));
  const { access_token, user } = await api
    .call<{ access_token: string; user: { role: string } }>('POST', '/auth/login', { email, password })
    .catch((error) => {
      const reason = whyNoContact(error, url);
      throw reason ? new Problem(reason) : error;
    });
  if (user.role !== 'candidate') return api.as(access_token);
  throw new Problem(`${email} is a candidate’s account; this needs a recruiter’s or an admin’s.`);
}

/** What the user can do about an error of the first request to a server. */
function whyNoContact(error: unknown, url: string): string | undefined {
  if (error instanceof ApiError && error.status === 401) {
    return `The server at ${url} does not take this address and password (401). Check --email and --password, or the variables that stand for them.`;
  }
  if (!(error instanceof NoAnswer)) return undefined;
  return `No server answers at ${url} (${error.why}). Start one with "npm start", check --server, or leave it out.`;
}

/** The task with this code or else a usual one, with its risk tags. @throws Problem for an unknown code; ApiError */
export async function chooseTask(staff: ApiClient, task_code: string | undefined): Promise<Task> {
  const tasks = await activeTasks(staff);
  const named = tasks.find((task) => task.task_code === (task_code ?? 'support-backlog'));
  const any = tasks.find((task) => task.requires_reasoning) ?? tasks[0];
  if (!any) throw new Problem(`The server at ${staff.url} has no active task. Create one.`);
  if (named || task_code === undefined) return named ?? any;
  const codes = tasks.map((known) => known.task_code).join(', ');
  throw new Problem(`There is no active task "${task_code}". There are: ${codes}.`);
}

/**
 * The id of a scenario's task on a server. It is made there on first use, for which the account must be an
 * administrator's; later runs find it by its code. @throws ApiError where it is neither there nor may be made
 */
export async function ensureTask(staff: ApiClient, simulated: SimulatedTask): Promise<string> {
  const content = taskContentOf(simulated);
  const find = async () => (await activeTasks(staff, `&task_code=${content.task_code}`))[0]?.task_id;
  const existing = await find();
  if (existing) return existing;
  try {
    return (await staff.call<{ task: Task }>('POST', '/tasks', content)).task.task_id;
  } catch (error) {
    // Another run made it since it was looked for.
    const made = error instanceof ApiError && error.status === 409 && (await find());
    if (made) return made;
    throw error;
  }
}

async function activeTasks(staff: ApiClient, filter = ''): Promise<Task[]> {
  return (await staff.call<{ tasks: Task[] }>('GET', `/tasks?is_active=true${filter}`)).tasks;
}
