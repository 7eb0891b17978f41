/** One moment by both clocks of this computer, in milliseconds. */
export interface Reading {
  /** Since the epoch. It may be set while the page is open. */
  wall: number;
  /** Since some fixed moment. It cannot be set, but in some browsers it stands still while the computer sleeps. */
  steady: number;
}

const readClocks = (): Reading => ({ wall: Date.now(), steady: performance.now() });

/** A kept time further ahead than this, in milliseconds, was taken by a clock that has been set since. */
const MOST_RUN_BACK_MS = 2000;

/**
 * The server's clock as far as this computer can tell. Each answer that carries a server time says between which two
 * values the difference of the clocks lies, since the server wrote the time after the request was sent and before the
 * answer arrived. What several answers say together is more exact than any single one.
 */
export class Clock {
  /** What this computer's clocks show now. */
  readonly read: () => Reading;
  readonly #wall = new Difference();
  readonly #steady = new Difference();
  #last = 0;

  constructor(read = readClocks) {
    this.read = read;
  }

  /**
   * Learns from an answer.
   * @param serverTime as the answer tells it: ISO 8601, or an HTTP date, which leaves out the milliseconds
   * @param sent and received: when the request was sent and the answer arrived
   */
  learn(serverTime: string | null | undefined, sent: Reading, received: Reading): void {
    const least = Date.parse(serverTime ?? '');
    if (Number.isNaN(least)) return;
    const most = /\.\d{3}Z$/.test(serverTime ?? '') ? least : least + 1000;
    this.#steady.learn(least - received.steady, most - sent.steady);
    if (this.#wall.learn(least - received.wall, most - sent.wall)) this.#last = 0;
  }

  /**
   * The time by the server's clock, as ISO 8601. It does not run back while the clocks are not compared again. Of this
   * computer's clocks the one that is ahead counts: the other was set back, or stood still while the computer slept.
   */
  now(): string {
    this.#last = Math.max(this.#last, this.#estimate());
    return new Date(this.#last).toISOString();
  }

  /** For a time that was kept over a reload: later ones do not come before it. */
  goesOnFrom(time: string | undefined): void {
    const kept = Date.parse(time ?? '');
    if (kept < this.#estimate() + MOST_RUN_BACK_MS) this.#last = Math.max(this.#last, kept);
  }

  #estimate(): number {
    const { wall, steady } = this.read();
    if (this.#steady.ahead === undefined) return wall;
    return Math.max(wall + (this.#wall.ahead ?? 0), steady + this.#steady.ahead);
  }
}

/** Server time less a clock of this computer, in milliseconds: it lies between two values. */
class Difference {
  #least = Number.NEGATIVE_INFINITY;
  #most = Number.POSITIVE_INFINITY;

  /** @returns whether this clock was set, or stood still, since it was compared last */
  learn(least: number, most: number): boolean {
    // It was set while the answer was on its way.
    if (least > most) return false;
    // Without anything in common, it was set since: only the new answer counts.
    const isSet = least > this.#most || most < this.#least;
    this.#least = isSet ? least : Math.max(this.#least, least);
    this.#most = isSet ? most : Math.min(this.#most, most);
    return isSet;
  }

  /** The middle; undefined while nothing is known. */
  get ahead(): number | undefined {
    return Number.isFinite(this.#least) ? Math.round((this.#least + this.#most) / 2) : undefined;
  }
}
