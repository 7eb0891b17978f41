import type { Caller } from '../caller.ts';
import { tooManyRequests } from '../errors.ts';
import { isStaff } from '../http/access.ts';
import { RateLimiter } from '../http/rate-limiter.ts';

/** How many sockets one access token may have open: for some browser tabs, and some that nobody has missed yet. */
const PER_TOKEN = 20;
/** The same for staff, who may follow each candidate of an assessment day on a socket of its own. */
const PER_STAFF_TOKEN = 500;
/** How many sockets one person may have on one attempt, with whatever tokens. */
const PER_PERSON_AND_ATTEMPT = 20;
/** How many sockets one attempt may have, whoever they belong to. */
const PER_ATTEMPT = 1000;

/** How often one person may connect: a front end that reconnects every second, from two tabs; staff on many sockets. */
const CONNECTIONS = { points: 120, seconds: 60 };
const STAFF_CONNECTIONS = { points: 1500, seconds: 60 };

/** Who wants a socket on which attempt. */
export interface Seat {
  token: string;
  caller: Caller;
  attempt_id: string;
}

/** How many sockets there may be, and how often one person may ask for one. */
export class SocketBounds {
  readonly #isLimited: boolean;
  readonly #connections = new RateLimiter(CONNECTIONS);
  readonly #staffConnections = new RateLimiter(STAFF_CONNECTIONS);
  /** Open sockets by what they are counted by. */
  readonly #open = new Map<string, number>();

  /** @param isLimited false for load tests, which watch one attempt a thousand times */
  constructor(isLimited: boolean) {
    this.#isLimited = isLimited;
  }

  /**
   * Takes the seat of one socket until `gone` is aborted.
   * @throws Refusal 429 `too_many_requests`
   */
  async take({ token, caller, attempt_id }: Seat, gone: AbortSignal): Promise<void> {
    if (!this.#isLimited) return;
    await (isStaff(caller) ? this.#staffConnections : this.#connections).take(caller.user_id);
    if (gone.aborted) return;
    const counted = {
      token: `token ${token}`,
      person: `person ${caller.user_id} ${attempt_id}`,
      attempt: `attempt ${attempt_id}`,
    };
    const perToken = isStaff(caller) ? PER_STAFF_TOKEN : PER_TOKEN;
    const advice = 'close one before you open another.';
    this.#refuseAbove(perToken, counted.token, `This token has ${perToken} sockets; ${advice}`);
    this.#refuseAbove(
      PER_PERSON_AND_ATTEMPT,
      counted.person,
      `You have ${PER_PERSON_AND_ATTEMPT} sockets on this attempt; ${advice}`,
    );
    this.#refuseAbove(
      PER_ATTEMPT,
      counted.attempt,
      `This attempt has ${PER_ATTEMPT} sockets, which is the most; connect later.`,
    );
    const keys = Object.values(counted);
    for (const key of keys) this.#open.set(key, this.#count(key) + 1);
    gone.addEventListener('abort', () => {
      for (const key of keys) this.#leave(key);
    });
  }

  #refuseAbove(most: number, key: string, reason: string): void {
    if (this.#count(key) >= most) throw tooManyRequests(reason);
  }

  #count(key: string): number {
    return this.#open.get(key) ?? 0;
  }

  #leave(key: string): void {
    const left = this.#count(key) - 1;
    if (left > 0) this.#open.set(key, left);
    else this.#open.delete(key);
  }
}
