import { expect } from 'vitest';
import type { BehaviorEvent } from '../../src/events/event-table.ts';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import type { Task } from '../../src/tasks/task.ts';
import { ApiClient } from '../../src/tools/api-client.ts';
import { issueToken } from './assessment.ts';
import { eventually } from './eventually.ts';
import type { Step } from './recorded.ts';
import type { Served } from './served.ts';

/*
 * A candidate as the server sees one: redeems a token and posts events over HTTP.
 */

export interface Ack {
  event_id: string;
  sequence_number: number;
  timestamp_server: string;
  digest?: string;
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

/** What a candidate gets by redeeming a token. */
export interface Admission {
  readonly attempt_id: string;
  readonly user_id: string;
  /** For this attempt only. */
  readonly token: string;
  readonly task: Task;
}

/** Redeems a token as `redeemer`, who may be anonymous. @param task the task that the token was issued for */
export async function redeem(redeemer: ApiClient, token: string, task: Task): Promise<Admission> {
  const { attempt, access_token } = await redeemer.call<{
    attempt: { attempt_id: string; user_id: string };
    access_token: string;
  }>('POST', '/attempts', { token });
  return { attempt_id: attempt.attempt_id, user_id: attempt.user_id, token: access_token, task };
}

/** Issues a token and redeems it as `redeemer`. */
export async function admitCandidate(admin: ApiClient, redeemer: ApiClient, task: Task): Promise<Candidate> {
  const { token } = await issueToken(admin, task);
  return new Candidate(redeemer, await redeem(redeemer, token, task));
}

export class Candidate implements Admission {
  readonly attempt_id: string;
  readonly user_id: string;
  readonly token: string;
  readonly task: Task;
  readonly api: ApiClient;

  /** @param api a client of the server, with any credentials */
  constructor(api: ApiClient, { attempt_id, user_id, token, task }: Admission) {
    this.attempt_id = attempt_id;
    this.user_id = user_id;
    this.token = token;
    this.task = task;
    this.api = api.as(token);
  }

  /** The same candidate on another server. */
  at({ url }: Served): Candidate {
    return new Candidate(new ApiClient(url), this);
  }

  /** The same candidate with other credentials, for example those of the account. */
  with(token: string): Candidate {
    return new Candidate(this.api, { ...this, token });
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

  /** Posts events one after another; each must be acknowledged. */
  async does(...steps: (Step | BehaviorEvent)[]): Promise<Ack[]> {
    const acks: Ack[] = [];
    for (const step of steps) acks.push(await this.api.call<Ack>('POST', '/events', this.body(step)));
    return acks;
  }

  /** The attempt, without the time of the answer. */
  async get(): Promise<AttemptAnswer> {
    const path = `/attempts/${this.attempt_id}`;
    const { server_time: _, ...attempt } = await this.api.call<AttemptAnswer>('GET', path);
    return attempt as AttemptAnswer;
  }

  /** The attempt once its results are saved. */
  locked(): Promise<AttemptAnswer> {
    return eventually(async () => {
      const attempt = await this.get();
      expect(attempt).toMatchObject({ state: 'locked', is_locked: true });
      return attempt;
    });
  }

  /** The whole log, `limit` events at a time. */
  log(limit?: number): Promise<RecordedEvent[]> {
    return readLog(this.api, this.attempt_id, limit);
  }

  /** The results at `metrics` or `skills`, once they are computed. */
  async results<T>(of: 'metrics' | 'skills' | 'evidence', query = ''): Promise<T> {
    const path = `/attempts/${this.attempt_id}/${of}${query}`;
    const askedToWait: (string | null)[] = [];
    const response = await eventually(async () => {
      const answer = await this.api.send('GET', path);
      if (answer.status === 202) askedToWait.push(answer.headers.get('retry-after'));
      expect(answer.status, `GET ${path}`).not.toBe(202);
      return answer;
    });
    for (const seconds of askedToWait) expect(seconds).toMatch(/^\d+$/);
    expect(response.status, `GET ${path}`).toBe(200);
    return (await response.json()) as T;
  }
}

/** The whole log of an attempt, page by page, with its times as dates again. */
export async function readLog(api: ApiClient, attempt_id: string, limit = 100): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  let after: number | null = 0;
  while (after !== null) {
    const page: { events: RecordedEvent[]; next_after: number | null } = await api.call(
      'GET',
      `/attempts/${attempt_id}/events?after=${after}&limit=${limit}`,
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
