interface Pending<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/** With one call at a time the disk is idle while the next is sent; more than two gain nothing. */
const MAX_IN_FLIGHT = 2;
/** Milliseconds after which a call counts as slow. Slow calls no longer count as in flight, so they delay no others. */
const SLOW_MS = 100;
/** Maximum number of calls in flight, including slow ones. */
const MAX_CALLS = 8;
/** Minimum number of items for a second simultaneous call: smaller groups cost more processor time than they gain. */
const WORTH_A_SECOND = 16;
/** Items of one call. The driver splits a call that is larger than the server's message limit. */
const MAX_GROUP = 500;
/** Milliseconds after a call for which patient items stay behind, so that others can join them. */
const PATIENCE_MS = 40;

/**
 * Groups items into shared database calls: items added while calls are running go into the next call. A call, and
 * above all its write to disk, costs nearly the same for one item as for fifty.
 */
export class Grouping<Item, Result> {
  readonly #call: (items: Item[]) => Promise<(Result | Error)[]>;
  readonly #maxGroup: number;
  #waiting: Pending<Item, Result>[] = [];
  readonly #inFlight = new Set<Promise<void>>();
  /** How many calls in flight are slow. */
  #slow = 0;
  /** When the next call may start, in ms of `performance.now()`. */
  #dueAt = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param call returns a result for each item, in order, or an error if only that item failed; throws if all failed */
  constructor(call: (items: Item[]) => Promise<(Result | Error)[]>, maxGroup = MAX_GROUP) {
    this.#call = call;
    this.#maxGroup = maxGroup;
  }

  /**
   * @param patient true if the result is not urgent: the item then waits for the next urgent one, but at most until
   * 40 ms after the last call
   * @throws the call's error for this item, or for all items
   */
  add(item: Item, patient = false): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (!patient) this.#dueAt = 0;
      this.#next();
    });
  }

  /** How many items wait for the next call. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Resolves when nothing is waiting or running. */
  async drain(): Promise<void> {
    this.#dueAt = 0;
    this.#next();
    while (this.#inFlight.size > 0) await Promise.all(this.#inFlight);
  }

  get #isFull(): boolean {
    return this.#inFlight.size >= MAX_CALLS;
  }

  #next(): void {
    const busy = this.#inFlight.size - this.#slow;
    const worthwhile = busy === 0 ? 1 : WORTH_A_SECOND;
    if (busy >= MAX_IN_FLIGHT || this.#isFull || this.#waiting.length < worthwhile) return;
    const now = performance.now();
    if (now < this.#dueAt) {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#next();
      }, this.#dueAt - now);
      return;
    }
    const group = this.#waiting.slice(0, this.#maxGroup);
    this.#waiting = this.#waiting.slice(this.#maxGroup);
    // If items are left over, there are enough for another group, so they need not wait.
    this.#dueAt = this.#waiting.length > 0 ? 0 : now + PATIENCE_MS;
    const underWay = this.#run(group).finally(() => {
      this.#inFlight.delete(underWay);
      this.#next();
    });
    this.#inFlight.add(underWay);
    this.#next();
  }

  async #run(group: Pending<Item, Result>[]): Promise<void> {
    let isSlow = false;
    const timer = setTimeout(() => {
      isSlow = true;
      this.#slow += 1;
      this.#next();
    }, SLOW_MS);
    try {
      const results = await this.#call(group.map(({ item }) => item));
      for (const [index, { resolve, reject }] of group.entries()) {
        const result = results[index] as Result | Error;
        if (result instanceof Error) reject(result);
        else resolve(result);
      }
    } catch (error) {
      for (const { reject } of group) reject(error);
      // If all calls hang, nothing gets through: waiting items would only run into the same time-out.
      if (this.#isFull) for (const { reject } of this.#waiting.splice(0)) reject(error);
    } finally {
      clearTimeout(timer);
      if (isSlow) this.#slow -= 1;
    }
  }
}
