import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BehaviorEvent, OptionReference } from '../../src/events/event-table.ts';
import type { Task } from '../../src/tasks/task.ts';
import { ApiClient } from '../../src/tools/api-client.ts';
import { logInAsAdmin } from '../support/administrator.ts';
import { issueTokens } from '../support/assessment.ts';
import { Candidate, redeem } from '../support/candidate.ts';
import type { Served } from '../support/served.ts';
import type { Random } from './random.ts';

/** What a front end remembers about an acknowledged event. */
export interface Acknowledged {
  client_event_id: string;
  event_type: string;
  event_id: string;
  sequence_number: number;
}

export type Outcome =
  | { kind: 'acknowledged'; sequence_number: number; ms: number }
  | { kind: 'refused'; status: number; code: string; detail: string; retryAfter: string | null; ms: number }
  /** The connection was lost, so the outcome is unknown. */
  | { kind: 'unknown'; ms: number };

/** An event as it is posted, the same at each retry. */
export type Posted = BehaviorEvent & {
  client_event_id: string;
  timestamp_client: string;
  attempt_id: string;
};

/** A candidate whose front end copes with failures: it remembers acknowledgements and tries again. */
export class PersistentCandidate extends Candidate {
  readonly acknowledged: Acknowledged[] = [];
  /** Every event ever sent, whatever its outcome. */
  readonly sent = new Set<string>();
  #selection: OptionReference | undefined;
  #started = false;
  #abandoned = false;

  /** An event that the attempt should accept now. */
  next(random: Random): Posted {
    return this.#event(this.#started ? this.#anyAct(random) : { event_type: 'task_started', payload: {} });
  }

  completion(): Posted {
    const { option_id = '', option_code = '' } = this.#selection ?? {};
    return this.#event({
      event_type: 'task_completed',
      payload: { final_option_id: option_id, final_option_code: option_code },
    });
  }

  selection(random: Random): Posted {
    return this.#event({ event_type: 'option_selected', payload: this.#option(random) });
  }

  view(random: Random): Posted {
    return this.#event({
      event_type: 'option_viewed',
      payload: { ...this.#option(random), duration_ms: 10 },
    });
  }

  /** Sends once. */
  async send(server: Served, event: Posted, patienceMs = 10_000): Promise<Outcome> {
    this.sent.add(event.client_event_id);
    const since = performance.now();
    const ms = () => Math.round(performance.now() - since);
    let answer: {
      status: number;
      retryAfter: string | null;
      body: Acknowledged & { code: string; detail: string };
    };
    try {
      const response = await fetch(`${server.url}/api/v1/events`, {
        method: 'POST',
        headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' },
        body: JSON.stringify(event),
        signal: AbortSignal.timeout(patienceMs),
      });
      const body = (await response.json()) as Acknowledged & { code: string; detail: string };
      answer = { status: response.status, retryAfter: response.headers.get('retry-after'), body };
    } catch {
      return { kind: 'unknown', ms: ms() };
    }
    const { status, retryAfter, body } = answer;
    if (status !== 201) {
      const { code, detail } = body;
      return { kind: 'refused', status, code, detail, retryAfter, ms: ms() };
    }
    this.note(event, body);
    return { kind: 'acknowledged', sequence_number: body.sequence_number, ms: ms() };
  }

  /** Sends again and again until there is an answer that is not "try again". */
  async sendUntilAnswered(server: Served, event: Posted, deadlineMs = 30_000): Promise<Outcome> {
    const end = Date.now() + deadlineMs;
    for (;;) {
      const outcome = await this.send(server, event);
      const final = outcome.kind === 'acknowledged' || (outcome.kind === 'refused' && outcome.status < 500);
      if (final || Date.now() > end) return outcome;
      await sleep(20);
    }
  }

  /** Remembers an acknowledgement; a repeated one must equal the first. */
  note(
    event: Posted,
    { event_id, sequence_number }: Pick<Acknowledged, 'event_id' | 'sequence_number'>,
  ): void {
    const { client_event_id, event_type } = event;
    const first = this.acknowledged.find((known) => known.client_event_id === client_event_id);
    if (first) {
      if (first.event_id !== event_id || first.sequence_number !== sequence_number) {
        throw new Error(
          `${client_event_id} was acknowledged as ${JSON.stringify(first)} and ${sequence_number}`,
        );
      }
      return;
    }
    this.acknowledged.push({ client_event_id, event_type, event_id, sequence_number });
    this.#started ||= event_type === 'task_started';
    this.#abandoned = event_type === 'task_abandoned';
    if (event.event_type === 'option_selected') this.#selection = event.payload;
    if (event.event_type === 'option_changed') {
      this.#selection = { option_id: event.payload.to_option_id, option_code: event.payload.to_code };
    }
  }

  #anyAct(random: Random): BehaviorEvent {
    const option = this.#option(random);
    const from = this.#selection;
    const acts: BehaviorEvent[] = [
      { event_type: 'option_viewed', payload: { ...option, duration_ms: random.below(5000) } },
      { event_type: 'option_selected', payload: option },
    ];
    if (from && from.option_id !== option.option_id) {
      const { option_id: to_option_id, option_code: to_code } = option;
      const payload = { from_option_id: from.option_id, from_code: from.option_code, to_option_id, to_code };
      acts.push({ event_type: 'option_changed', payload });
    }
    if (this.task.requires_reasoning) {
      const words = Array.from({ length: 1 + random.below(9) }, () => random.pick(['because', 'so', 'risk']));
      acts.push(
        { event_type: 'reasoning_started', payload: {} },
        { event_type: 'reasoning_submitted', payload: { text: words.join(' '), word_count: words.length } },
      );
    }
    if (!this.#abandoned) acts.push({ event_type: 'task_abandoned', payload: {} });
    return random.pick(acts);
  }

  #option(random: Random): OptionReference {
    const { option_id, option_code } = random.pick(this.task.options);
    return { option_id, option_code };
  }

  #event(event: BehaviorEvent): Posted {
    const timestamp_client = new Date().toISOString();
    return { ...event, attempt_id: this.attempt_id, timestamp_client, client_event_id: randomUUID() };
  }
}

/** Creates `count` anonymous candidates with attempts at the first task that requires reasoning. */
export async function admitCandidates(
  server: Served,
  count: number,
  admin?: ApiClient,
): Promise<PersistentCandidate[]> {
  const staff = admin ?? (await logInAsAdmin(server));
  const nobody = new ApiClient(server.url);
  const task = await taskWithReasoning(staff);
  const tokens = await issueTokens(staff, task, { count });
  return Promise.all(
    tokens.map(async ({ token }) => new PersistentCandidate(nobody, await redeem(nobody, token, task))),
  );
}

async function taskWithReasoning(staff: ApiClient): Promise<Task> {
  const { tasks } = await staff.call<{ tasks: Pick<Task, 'task_id' | 'requires_reasoning'>[] }>(
    'GET',
    '/tasks',
  );
  const task_id = tasks.find(({ requires_reasoning }) => requires_reasoning)?.task_id;
  return (await staff.call<{ task: Task }>('GET', `/tasks/${task_id}`)).task;
}
