import { overloaded } from '../../errors.ts';

const NOTHING = Promise.resolve();

/** Runs one job at a time, in order of arrival. A failed job does not stop the next one. */
export class Mailbox {
  /** Resolves when the last job in the queue has ended; absent while the queue is empty. */
  #last: Promise<void> | undefined;
  #waiting = 0;
  readonly #capacity: number;

  /** @param capacity how many events may wait or be at work at once */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** How many events are waiting or at work; a job without events counts as one. */
  get depth(): number {
    return this.#waiting;
  }

  /**
   * @param events of the job: what waits takes as much memory as its events
   * @throws Refusal 503 `overloaded` at once if the mailbox is full; the job is then never run.
   */
  run<T>(job: () => Promise<T>, events = 1): Promise<T> {
    if (this.#waiting > 0 && this.#waiting + events > this.#capacity) {
      throw overloaded('Too many events of this attempt are waiting; send this one again shortly.', {
        retry_after: 1,
      });
    }
    this.#waiting += events;
    const done = (this.#last ?? NOTHING).then(job);
    // The next job only needs to know that this one has ended, so its result need not stay in memory.
    const ended = () => {
      this.#waiting -= events;
      if (this.#waiting === 0) this.#last = undefined;
    };
    this.#last = done.then(ended, ended);
    return done;
  }
}
