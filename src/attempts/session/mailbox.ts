import { overloaded } from '../../errors.ts';

const NOTHING = Promise.resolve();
/** How many bytes of events may wait, as `bytesOf` counts them. One event or batch always may, however large. */
const MAX_BYTES = 2 * 1024 * 1024;

/** How much waits with a job. */
export interface JobSize {
  events: number;
  /** As `bytesOf` counts them. */
  bytes: number;
}

/** Runs one job at a time, in order of arrival. A failed job does not stop the next one. */
export class Mailbox {
  /** Resolves when the last job in the queue has ended; absent while the queue is empty. */
  #last: Promise<void> | undefined;
  #waiting = 0;
  #bytes = 0;
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
   * @param size of the job: what waits takes as much memory as its events
   * @throws Refusal 503 `overloaded` at once if the mailbox is full; the job is then never run.
   */
  run<T>(job: () => Promise<T>, { events, bytes }: JobSize = { events: 1, bytes: 0 }): Promise<T> {
    const isTooLarge = bytes > 0 && this.#bytes > 0 && this.#bytes + bytes > MAX_BYTES;
    if ((this.#waiting > 0 && this.#waiting + events > this.#capacity) || isTooLarge) {
      throw overloaded('Too many events of this attempt are waiting; send this one again shortly.', {
        retry_after: 1,
      });
    }
    this.#waiting += events;
    this.#bytes += bytes;
    const done = (this.#last ?? NOTHING).then(job);
    // The next job only needs to know that this one has ended, so its result need not stay in memory.
    const ended = () => {
      this.#waiting -= events;
      this.#bytes -= bytes;
      if (this.#waiting === 0) this.#last = undefined;
    };
    this.#last = done.then(ended, ended);
    return done;
  }
}
