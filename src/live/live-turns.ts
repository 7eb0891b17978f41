import { overloaded } from '../errors.ts';

export interface TurnLimits {
  /** How much may be done at once, in all and for one caller. */
  atOnce: number;
  atOncePerCaller: number;
  /** How much may wait, in all and of one caller. */
  waiting: number;
  waitingPerCaller: number;
}

/** Begins a piece of work that has waited. */
type Begin = () => void;

interface Share {
  atWork: number;
  /** In order of arrival. */
  waiting: Set<Begin>;
}

/**
 * Turns for what sockets need. Callers take turns, so whoever asks for a lot waits for it, and everybody else waits for
 * at most one piece of it. Unlike in `http/fair-turns.ts`, work that nobody wants any more leaves the queue at once.
 */
export class LiveTurns {
  readonly #limits: TurnLimits;
  /** Callers whose work waits or is being done, in the order of their turns. */
  readonly #shares = new Map<string, Share>();
  #atWork = 0;
  #waiting = 0;

  constructor(limits: TurnLimits) {
    this.#limits = limits;
  }

  /**
   * Does `work` when it is the caller's turn.
   * @param signal aborted when nobody wants the work any more
   * @returns undefined if the signal was aborted before the work began
   * @throws Refusal 503 `overloaded` if too much is waiting
   */
  async run<T>(caller: string, signal: AbortSignal, work: () => Promise<T>): Promise<T | undefined> {
    if (signal.aborted) return undefined;
    const share = this.#shares.get(caller) ?? { atWork: 0, waiting: new Set() };
    try {
      if (this.#isFree(share)) this.#begin(caller, share);
      else if (!(await this.#wait(caller, share, signal))) return undefined;
      try {
        return await work();
      } finally {
        share.atWork -= 1;
        this.#atWork -= 1;
        this.#beginNext();
      }
    } finally {
      if (share.atWork === 0 && share.waiting.size === 0) this.#shares.delete(caller);
    }
  }

  #isFree({ atWork }: Share): boolean {
    return this.#atWork < this.#limits.atOnce && atWork < this.#limits.atOncePerCaller;
  }

  /** Its next turn comes after those of all others. */
  #begin(caller: string, share: Share): void {
    this.#shares.delete(caller);
    this.#shares.set(caller, share);
    share.atWork += 1;
    this.#atWork += 1;
  }

  /** @returns whether the turn has come; if not, the signal was aborted */
  #wait(caller: string, share: Share, signal: AbortSignal): Promise<boolean> {
    const { waiting, waitingPerCaller } = this.#limits;
    if (share.waiting.size >= waitingPerCaller || this.#waiting >= waiting) {
      throw overloaded('Too many connections are waiting; connect again in some seconds.', {
        retry_after: 5,
      });
    }
    this.#shares.set(caller, share);
    this.#waiting += 1;
    return new Promise((resolve) => {
      const leave = (isTurn: boolean): void => {
        share.waiting.delete(begin);
        this.#waiting -= 1;
        signal.removeEventListener('abort', giveUp);
        resolve(isTurn);
      };
      const begin = (): void => {
        this.#begin(caller, share);
        leave(true);
      };
      const giveUp = (): void => leave(false);
      share.waiting.add(begin);
      signal.addEventListener('abort', giveUp);
    });
  }

  /** Gives the free turn to the first caller who may have it. */
  #beginNext(): void {
    for (const share of this.#shares.values()) {
      const [begin] = share.waiting;
      if (!begin || !this.#isFree(share)) continue;
      begin();
      return;
    }
  }
}
