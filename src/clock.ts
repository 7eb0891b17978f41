/** How much slower the clock runs while it waits for the wall clock: 1 ms a second, so 15 s take some four hours. */
const LAG = 0.001;

/**
 * The server's clock for judging and recording events. It follows the wall clock, but never runs back: if the wall
 * clock is set back, it goes on by the time that has elapsed, a little slower, until the wall clock has caught up.
 * Otherwise all events of that time would seem to have happened at once.
 */
export class SteadyClock {
  /** Milliseconds since the epoch. */
  #time = Date.now();
  /** When that was, in milliseconds of `performance.now()`. */
  #readAt = performance.now();

  now(): Date {
    const readAt = performance.now();
    const goneOn = this.#time + (readAt - this.#readAt) * (1 - LAG);
    this.#time = Math.max(Date.now(), goneOn);
    this.#readAt = readAt;
    return new Date(this.#time);
  }
}
