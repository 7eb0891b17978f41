const FIRST_MS = 1000;
const LONGEST_MS = 30_000;

/** The growing pauses between tries: 1 s doubling to 30 s, each shortened by chance so that a crowd does not return at once. */
export class Pauses {
  #failures = 0;
  #wake: (() => void) | undefined;

  /** Waits for the next pause, or as long as the server asked for; `end` makes it shorter. */
  wait(retryAfterMs?: number): Promise<void> {
    const longest = Math.min(FIRST_MS * 2 ** this.#failures, LONGEST_MS);
    this.#failures += 1;
    const ms = (retryAfterMs ?? longest / 2) + (Math.random() * longest) / 2;
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Ends the pause that is on now. */
  end(): void {
    this.#wake?.();
  }

  /** After a success the pauses start short again. */
  reset(): void {
    this.#failures = 0;
  }
}
