import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'vitest';
import type { BehaviorEvent } from '../../src/events/event-table.ts';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import type { RiskTag, Task } from '../../src/tasks/task.ts';
import type { ApiClient } from '../../src/tools/api-client.ts';
import { type Step, taskWith } from '../support/recorded.ts';

/*
 * A candidate as the server meets one: redeems a token and posts what it does, over HTTP.
 */

export interface Ack {
  event_id: string;
  sequence_number: number;
  timestamp_server: string;
  acknowledged: true;
}

export interface AttemptAnswer {
  status: string;
  is_locked: boolean;
  state: unknown;
  allowed_events: string[];
  sequence_number: number;
  user_id: string;
  [field: string]: unknown;
}

/** What may differ in the body of an event. */
export interface Envelope {
  client_event_id?: string;
  timestamp_client?: string;
  metadata?: object;
  attempt_id?: string;
}

/** Makes a task with these options and risks over the API. */
export async function createTask(
  admin: ApiClient,
  risks: Record<string, RiskTag> = { A: 'low', B: 'medium', C: 'high' },
  facts: Partial<Pick<Task, 'requires_reasoning' | 'time_limit_seconds'>> = {},
): Promise<Task> {
  const { title, description, scenario, category, options } = taskWith(risks);
  const { task } = await admin.call<{ task: Task }>('POST', '/tasks', {
    ...{ title, description, scenario, category, requires_reasoning: true, ...facts },
    task_code: `task-${randomUUID()}`,
    options: options.map(({ option_id: _, display_order: __, ...option }) => option),
  });
  return task;
}

export interface IssuedToken {
  token: string;
  attempt_id: string;
}

export async function issueTokens(staff: ApiClient, task: Task, order: object = {}): Promise<IssuedToken[]> {
  const body = { task_id: task.task_id, ...order };
  return (await staff.call<{ tokens: IssuedToken[] }>('POST', '/tokens/generate', body)).tokens;
}

/** Issues a token and redeems it as `redeemer`, who may be nobody in particular. */
export async function admitCandidate(admin: ApiClient, redeemer: ApiClient, task: Task): Promise<Candidate> {
  const [issued] = await issueTokens(admin, task);
  const { attempt, access_token } = await redeemer.call<{
    attempt: { attempt_id: string; user_id: string };
    access_token: string;
  }>('POST', '/attempts', { token: issued?.token });
  return new Candidate(redeemer.as(access_token), task, attempt);
}

export class Candidate {
  readonly api: ApiClient;
  readonly task: Task;
  readonly attempt_id: string;
  readonly user_id: string;

  constructor(api: ApiClient, task: Task, attempt: { attempt_id: string; user_id: string }) {
    this.api = api;
    this.task = task;
    this.attempt_id = attempt.attempt_id;
    this.user_id = attempt.user_id;
  }

  /** The body with which a step is posted. The step's times do not count: the clocks here are real. */
  body(step: Step | BehaviorEvent, envelope: Envelope = {}) {
    const event = 'act' in step ? step.act(this.task) : step;
    return {
      attempt_id: this.attempt_id,
      timestamp_client: new Date().toISOString(),
      ...event,
      ...envelope,
    };
  }

  /** Posts one event, whatever the answer. */
  post(step: Step | BehaviorEvent, envelope?: Envelope): Promise<Response> {
    return this.api.send('POST', '/events', this.body(step, envelope));
  }

  /** Posts events one after the other, each of which must be acknowledged. */
  async does(...steps: (Step | BehaviorEvent)[]): Promise<Ack[]> {
    const acks: Ack[] = [];
    for (const step of steps) acks.push(await this.api.call<Ack>('POST', '/events', this.body(step)));
    return acks;
  }

  get(): Promise<AttemptAnswer> {
    return this.api.call('GET', `/attempts/${this.attempt_id}`);
  }

  /** The whole log, page by page, with its times as dates again. */
  async log(limit = 100): Promise<RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    let after: number | null = 0;
    while (after !== null) {
      const page: { events: RecordedEvent[]; next_after: number | null } = await this.api.call(
        'GET',
        `/attempts/${this.attempt_id}/events?after=${after}&limit=${limit}`,
      );
      events.push(...page.events);
      after = page.next_after;
    }
    return events.map((event) => ({
      ...event,
      timestamp_client: new Date(event.timestamp_client),
      timestamp_server: new Date(event.timestamp_server),
    }));
  }

  /** The results at `metrics` or `skills`, once they are computed. */
  async results<T>(of: 'metrics' | 'skills', query = ''): Promise<T> {
    const path = `/attempts/${this.attempt_id}/${of}${query}`;
    return eventually(`GET ${path} answers 200`, async () => {
      const response = await this.api.send('GET', path);
      if (response.status === 200) return (await response.json()) as T;
      expect(response.status).toBe(202);
      expect(response.headers.get('retry-after')).toMatch(/^\d+$/);
      return undefined;
    });
  }
}

/** Asks until there is an answer; the deadline is for a machine that has much else to do. */
export async function eventually<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`In vain for 10 s: ${what}`);
    await setTimeout(10);
  }
}

/** What is wrong, as every refusal says it. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  code: string;
  errors?: { path: string; message: string }[];
  state?: unknown;
  allowed_events?: string[];
}

/** The problem details of a refusal, after looking at its form. */
export async function problemOf(response: Response): Promise<Problem> {
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const problem = (await response.json()) as Problem;
  // Where the path holds a secret, the problem names the route instead.
  expect(problem).toMatchObject({ status: response.status, instance: expect.stringMatching(/^\/api\/v1\//) });
  for (const field of [problem.type, problem.title, problem.detail, problem.code]) expect(field).toBeTruthy();
  return problem;
}

let accounts = 0;

/** Registers a candidate and logs in. */
export async function registerCandidate(api: ApiClient) {
  accounts += 1;
  const email = `candidate-${accounts}@example.com`;
  const registered = await api.call<{ user: { user_id: string }; access_token: string }>(
    'POST',
    '/auth/register',
    { email, password: 'harbour-violin-7-moss' },
  );
  return { email, user_id: registered.user.user_id, api: api.as(registered.access_token) };
}

/** Makes a recruiter and logs in. */
export async function hireRecruiter(admin: ApiClient): Promise<ApiClient> {
  accounts += 1;
  const account = { email: `recruiter-${accounts}@example.com`, password: 'harbour-violin-7-moss' };
  await admin.call('POST', '/users', { ...account, role: 'recruiter' });
  const { access_token } = await admin
    .as(undefined)
    .call<{ access_token: string }>('POST', '/auth/login', account);
  return admin.as(access_token);
}
