import { overloaded } from '../../errors.ts';

const NOTHING = Promise.resolve();

/**
 * Takes one job at a time, in the order of arrival. A job that fails does not stop the next one.
 */
export class Mailbox {
  /** The end of the last job that came; absent while there is none. */
  #last: Promise<void> | undefined;
  #waiting = 0;
  readonly #capacity: number;

  /** @param capacity how many jobs may be waiting or under way. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** How many jobs are waiting or under way. */
  get depth(): number {
    return this.#waiting;
  }

  /** @throws Refusal 503 `overloaded` at once when the mailbox is full; the job is then never run. */
  run<T>(job: () => Promise<T>): Promise<T> {
    if (this.#waiting >= this.#capacity) {
      throw overloaded('Too many events of this attempt are waiting; send it again shortly.', {
        retry_after: 1,
      });
    }
    this.#waiting += 1;
    const done = (this.#last ?? NOTHING).then(job);
    // Only that a job has ended matters to the next one, so that its result need not stay in memory.
    const ended = () => {
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#last = undefined;
    };
    this.#last = done.then(ended, ended);
    return done;
  }
}
