interface Pending<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/** One durable write at a time leaves the disk idle while the next is sent; more than two gain nothing. */
const MAX_IN_FLIGHT = 2;
/** Milliseconds after which a call counts as slow: what waits then goes without it, so that its delay is its own. */
const SLOW_MS = 100;
/** Calls under way, slow ones among them. */
const MAX_CALLS = 8;
/** Items that a second call must have to carry: smaller groups cost the processor more than they gain. */
const WORTH_A_SECOND = 16;
/** Keeps one call well under the server's 48 MB message limit at 16 KiB an item. */
const MAX_GROUP = 500;
/** Milliseconds after a call for which what nobody waits for stays behind, for company. */
const PATIENCE_MS = 40;

/**
 * Shares calls of the database: what is asked for while calls are under way goes into the next one, whoever asked
 * for it. A call, and above all its way to the disk, costs nearly the same for one item as for fifty.
 */
export class Grouping<Item, Result> {
  readonly #call: (items: Item[]) => Promise<(Result | Error)[]>;
  readonly #maxGroup: number;
  #waiting: Pending<Item, Result>[] = [];
  readonly #inFlight = new Set<Promise<void>>();
  /** How many of those are slow. */
  #slow = 0;
  /** When the next call may begin, in ms since the epoch. */
  #dueAt = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param call answers each item at its place, with an error where only that item failed; throws if all did. */
  constructor(call: (items: Item[]) => Promise<(Result | Error)[]>, maxGroup = MAX_GROUP) {
    this.#call = call;
    this.#maxGroup = maxGroup;
  }

  /**
   * @param patient true where nobody waits for the answer: it then goes with the next item that somebody waits
   * for, or 40 ms after the last call at the latest.
   * @throws what the call says of this item, or of all.
   */
  add(item: Item, patient = false): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (!patient) this.#dueAt = 0;
      this.#next();
    });
  }

  /** Resolves when nothing is waiting or under way. */
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
    const now = Date.now();
    if (now < this.#dueAt) {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#next();
      }, this.#dueAt - now);
      return;
    }
    const group = this.#waiting.slice(0, this.#maxGroup);
    this.#waiting = this.#waiting.slice(this.#maxGroup);
    // What did not fit has company enough already.
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
      // What still waits was not even sent; where nothing gets through it would only run into the same time-out.
      if (this.#isFull) for (const { reject } of this.#waiting.splice(0)) reject(error);
    } finally {
      clearTimeout(timer);
      if (isSlow) this.#slow -= 1;
    }
  }
}
