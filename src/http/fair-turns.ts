import pLimit, { type LimitFunction } from 'p-limit';
import { overloaded, tooManyRequests } from '../errors.ts';

/** Look-ups take a few milliseconds each, so a class of 300 is served in a second or two. */
export const LOOK_UPS: TurnLimits = {
  atOnce: 32,
  atOncePerClient: 8,
  waitingPerClient: 1000,
  waiting: 2000,
  longestWaitMs: 8000,
};

export interface TurnLimits {
  /** How much may be done at once, in all. */
  atOnce: number;
  /** How much of that for one client. */
  atOncePerClient: number;
  /** How many requests of one client may wait. */
  waitingPerClient: number;
  /** How many may wait in all; above it only those clients are let in of whom nobody waits, as many again. */
  waiting: number;
  /**
   * Milliseconds after which a request that still waits is refused. All turns that one request takes, one after the
   * other, must fit into the time after which its silent connection is cut (`STALLED_MS` in `server-options.ts`).
   */
  longestWaitMs: number;
}

interface Share {
  limit: LimitFunction;
  /** Requests that wait or are being handled. */
  present: number;
}

/** Advice for those who were refused, in seconds. */
const RETRY_AFTER = 5;

/**
 * Turns for expensive work. Clients take turns, so whoever sends many requests waits for them, and everybody else waits
 * for at most a few requests of each client.
 */
export class FairTurns {
  readonly #limits: TurnLimits;
  readonly #inTurn: LimitFunction;
  readonly #shares = new Map<string, Share>();
  #present = 0;

  constructor(limits: TurnLimits) {
    this.#limits = limits;
    this.#inTurn = pLimit(limits.atOnce);
  }

  /**
   * Does `work` when it is the client's turn.
   * @param client for example its network
   * @throws Refusal 429 if too many requests of this client wait; 503 if too many wait in all, or this one has waited
   * too long
   */
  async run<T>(client: string, work: () => Promise<T>): Promise<T> {
    const share = this.#enter(client);
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(tooCrowded()), this.#limits.longestWaitMs);
    const begin = async () => {
      clearTimeout(timer);
      patience.signal.throwIfAborted();
      return await work();
    };
    const turn = share.limit(() => this.#inTurn(begin)).finally(() => this.#leave(client, share));
    // The answer is given at once, and the place in the queue when its turn comes.
    const refusal = new Promise<never>((_, reject) => {
      patience.signal.addEventListener('abort', () => reject(patience.signal.reason));
    });
    return await Promise.race([turn, refusal]);
  }

  #leave(client: string, share: Share): void {
    share.present -= 1;
    this.#present -= 1;
    if (share.present === 0) this.#shares.delete(client);
  }

  #enter(client: string): Share {
    const { atOncePerClient, waiting, waitingPerClient } = this.#limits;
    const share = this.#shares.get(client) ?? { limit: pLimit(atOncePerClient), present: 0 };
    if (share.present >= waitingPerClient + atOncePerClient) {
      throw tooManyRequests(
        `Too many requests from your network wait for this already; try again in ${RETRY_AFTER} s.`,
        { retry_after: RETRY_AFTER },
      );
    }
    if (this.#present >= (share.present === 0 ? 2 * waiting : waiting)) {
      throw tooCrowded();
    }
    this.#shares.set(client, share);
    share.present += 1;
    this.#present += 1;
    return share;
  }
}

const tooCrowded = () =>
  overloaded(
    `Too many people ask for this at the moment; nothing was changed. Try again in ${RETRY_AFTER} s.`,
    { retry_after: RETRY_AFTER },
  );
