/**
 * The server's clock as far as this computer can tell. Each answer that carries a server time says between which two
 * values the difference of the clocks lies, since the server wrote the time after the request was sent and before the
 * answer arrived. What several answers say together is more exact than any single one.
 */
export class Clock {
  /** Server time less this computer's, in milliseconds: it lies between these two. */
  #least = Number.NEGATIVE_INFINITY;
  #most = Number.POSITIVE_INFINITY;
  #last = 0;

  /**
   * Learns from an answer.
   * @param serverTime as the answer tells it: ISO 8601, or an HTTP date, which leaves out the milliseconds
   * @param sent and received: when the request was sent and the answer arrived, by this computer's clock
   */
  learn(serverTime: string | null | undefined, sent: number, received: number): void {
    const time = Date.parse(serverTime ?? '');
    if (Number.isNaN(time) || received < sent) return;
    const unsaid = /\.\d{3}Z$/.test(serverTime ?? '') ? 0 : 1000;
    const [least, most] = [time - received, time + unsaid - sent];
    // Without anything in common, one of the clocks was set since: only the new answer counts.
    const isSet = least > this.#most || most < this.#least;
    if (isSet) this.#last = 0;
    this.#least = isSet ? least : Math.max(this.#least, least);
    this.#most = isSet ? most : Math.min(this.#most, most);
  }

  /** Server time less this computer's, in milliseconds; 0 while nothing is known. */
  get ahead(): number {
    return Number.isFinite(this.#least) ? Math.round((this.#least + this.#most) / 2) : 0;
  }

  /** The time by the server's clock, as ISO 8601. It never runs back, unless this computer's clock was set. */
  now(): string {
    this.#last = Math.max(this.#last, Date.now() + this.ahead);
    return new Date(this.#last).toISOString();
  }

  /** For a time that was kept over a reload: later ones do not come before it. */
  goesOnFrom(time: string | undefined): void {
    const kept = Date.parse(time ?? '');
    if (kept < Date.now() + this.ahead + MOST_RUN_BACK_MS) this.#last = Math.max(this.#last, kept);
  }
}

/** A kept time further ahead than this was taken by a clock that has been set since. */
const MOST_RUN_BACK_MS = 2000;
