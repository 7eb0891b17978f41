import type { Clock } from './clock.ts';
import { type Kept, write } from './keeping.ts';
import { Pauses } from './pauses.ts';
import { NoAnswer, Refused, send } from './requests.ts';
import type { Task } from './vocabulary.ts';

/** The server, as one attempt talks to it. */
export class Connection {
  readonly #kept: Kept;
  readonly #clock: Clock;
  readonly #pauses = new Pauses();

  constructor(kept: Kept, clock: Clock) {
    this.#kept = kept;
    this.#clock = clock;
  }

  /** Tries now what waits for its next try. */
  tryNow(): void {
    this.#pauses.end();
  }

  /** Redeems the token, again and again until there is an answer. @throws Refused */
  async redeem(): Promise<void> {
    const body = JSON.stringify(this.#kept.redemption);
    const answer = await this.#untilAnswered(() => this.#call({ method: 'POST', path: '/attempts', body }));
    const { attempt, access_token, task } = answer as unknown as {
      attempt: { attempt_id: string };
      access_token: string;
      task: Task;
    };
    Object.assign(this.#kept, { attempt_id: attempt.attempt_id, access_token, task });
    write(this.#kept);
  }

  /** @param part what of the attempt, for example `/metrics`; without it where the attempt stands @throws Refused */
  readAttempt(part = ''): Promise<Record<string, unknown>> {
    return this.#read(`/attempts/${this.#kept.attempt_id}${part}`);
  }

  /** Reads the attempt's task, and keeps it. @throws Refused */
  async readTask(task_id: string): Promise<Task> {
    const { task } = (await this.#read(`/tasks/${task_id}`)) as unknown as { task: Task };
    this.#kept.task = task;
    write(this.#kept);
    return task;
  }

  /** Posts JSON once. @throws Refused, NoAnswer */
  post(path: string, body: string, signal: AbortSignal): Promise<Record<string, unknown>> {
    return this.#withAccess(() =>
      this.#call({ method: 'POST', path, token: this.#kept.access_token, body, signal }),
    );
  }

  /** Gets a new access token by redeeming again, where there is a token. @returns whether there is a new one */
  async renewAccess(): Promise<boolean> {
    if (!this.#kept.redemption) return false;
    try {
      await this.redeem();
      return true;
    } catch {
      return false;
    }
  }

  liveAddress(since: number): string {
    const { url, attempt_id, access_token = '' } = this.#kept;
    const query = new URLSearchParams({ token: access_token, since: String(since) });
    return `${url.replace(/^http/, 'ws')}/ws/attempts/${attempt_id}?${query}`;
  }

  /** The access token may have been replaced or have ended; whoever holds the `redemption_id` gets a new one. */
  async #withAccess(ask: () => Promise<Record<string, unknown>>): Promise<Record<string, unknown>> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof Refused && error.status === 401 && (await this.renewAccess())) return ask();
      throw error;
    }
  }

  #read(path: string): Promise<Record<string, unknown>> {
    const get = () => this.#call({ method: 'GET', path, token: this.#kept.access_token });
    return this.#untilAnswered(() => this.#withAccess(get));
  }

  async #untilAnswered(ask: () => Promise<Record<string, unknown>>): Promise<Record<string, unknown>> {
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        await this.#pauses.wait(error.retryAfterMs);
      }
    }
  }

  async #call(request: {
    method: 'GET' | 'POST';
    path: string;
    token?: string | undefined;
    body?: string;
    signal?: AbortSignal;
  }): Promise<Record<string, unknown>> {
    const { path, ...others } = request;
    const sent = this.#clock.read();
    const learn = (time: unknown) => this.#clock.learn(time as string | undefined, sent, this.#clock.read());
    try {
      const { body, date } = await send({ url: `${this.#kept.url}/api/v1${path}`, ...others });
      learn(date);
      learn(body['server_time']);
      return body;
    } catch (error) {
      if (error instanceof Refused) learn(error.serverTime);
      throw error;
    }
  }
}
