import { overloaded } from '../../errors.ts';

const NOTHING = Promise.resolve();
/** How many bytes of events may wait, as `bytesOf` counts them. One event or batch always may, however large. */
const MAX_BYTES = 2 * 1024 * 1024;

/** Runs one job at a time, in order of arrival. A failed job does not stop the next one. */
export class Mailbox {
  /** Resolves when the last job in the queue has ended; absent while the queue is empty. */
  #last: Promise<void> | undefined;
  #waiting = 0;
  #bytes = 0;
  readonly #capacity: number;

  /** @param capacity how many jobs may wait or run at once */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** How many jobs are waiting or running. */
  get depth(): number {
    return this.#waiting;
  }

  /**
   * @param bytes of the events that the job keeps in memory
   * @throws Refusal 503 `overloaded` at once if the mailbox is full; the job is then never run.
   */
  run<T>(job: () => Promise<T>, bytes = 0): Promise<T> {
    const isTooLarge = bytes > 0 && this.#bytes > 0 && this.#bytes + bytes > MAX_BYTES;
    if (this.#waiting >= this.#capacity || isTooLarge) {
      throw overloaded('Too many events of this attempt are waiting; send this one again shortly.', {
        retry_after: 1,
      });
    }
    this.#waiting += 1;
    this.#bytes += bytes;
    const done = (this.#last ?? NOTHING).then(job);
    // The next job only needs to know that this one has ended, so its result need not stay in memory.
    const ended = () => {
      this.#waiting -= 1;
      this.#bytes -= bytes;
      if (this.#waiting === 0) this.#last = undefined;
    };
    this.#last = done.then(ended, ended);
    return done;
  }
}
