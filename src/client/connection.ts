import type { Clock } from './clock.ts';
import { type Kept, write } from './keeping.ts';
import { Pauses } from './pauses.ts';
import { type Answer, NoAnswer, Refused, send } from './requests.ts';
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
    const { token, redemption_id } = this.#kept;
    const body = JSON.stringify({ token, redemption_id });
    const answer = await this.#untilAnswered(() => this.#call({ method: 'POST', path: '/attempts', body }));
    const { attempt, access_token, task } = answer as unknown as {
      attempt: { attempt_id: string };
      access_token: string;
      task: Task;
    };
    Object.assign(this.#kept, { attempt_id: attempt.attempt_id, access_token, task });
    write(this.#kept);
  }

  /** Reads something of this attempt. @param path below `/attempts/{id}` @throws Refused */
  async read(path = ''): Promise<Record<string, unknown>> {
    return this.#untilAnswered(async () => {
      const get = () =>
        this.#call({
          method: 'GET',
          path: `/attempts/${this.#kept.attempt_id}${path}`,
          token: this.#kept.access_token,
        });
      return this.#withAccess(get);
    });
  }

  /** Posts JSON once. @throws Refused, NoAnswer */
  post(path: string, body: string, signal: AbortSignal): Promise<Record<string, unknown>> {
    return this.#withAccess(() =>
      this.#call({ method: 'POST', path, token: this.#kept.access_token, body, signal }),
    );
  }

  /** Gets a new access token by redeeming again. @returns whether there is one */
  async renewAccess(): Promise<boolean> {
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
    const answer = await send({ url: `${this.#kept.url}/api/v1${path}`, ...others });
    this.#learnTime(answer);
    return answer.body;
  }

  #learnTime({ body, sent, received, date }: Answer): void {
    this.#clock.learn(date, sent, received);
    this.#clock.learn(body['server_time'] as string | undefined, sent, received);
  }
}
