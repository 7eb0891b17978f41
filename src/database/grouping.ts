interface Pending<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/** One durable write at a time leaves the disk idle while the next is sent; more than two gain nothing. */
const MAX_IN_FLIGHT = 2;
/** Keeps one call well under the server's 48 MB message limit at 16 KiB an item. */
const MAX_GROUP = 500;

/**
 * Shares calls of the database: what is asked for while calls are under way goes into the next one, whoever asked
 * for it. A call, and above all its way to the disk, costs nearly the same for one item as for fifty.
 */
export class Grouping<Item, Result> {
  readonly #call: (items: Item[]) => Promise<(Result | Error)[]>;
  #waiting: Pending<Item, Result>[] = [];
  readonly #inFlight = new Set<Promise<void>>();

  /** @param call answers each item at its place, with an error where only that item failed; throws if all did. */
  constructor(call: (items: Item[]) => Promise<(Result | Error)[]>) {
    this.#call = call;
  }

  /** @throws what the call says of this item, or of all. */
  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      this.#next();
    });
  }

  /** Resolves when nothing is waiting or under way. */
  async drain(): Promise<void> {
    while (this.#inFlight.size > 0) await Promise.all(this.#inFlight);
  }

  #next(): void {
    if (this.#inFlight.size >= MAX_IN_FLIGHT || this.#waiting.length === 0) return;
    const group = this.#waiting.slice(0, MAX_GROUP);
    this.#waiting = this.#waiting.slice(MAX_GROUP);
    const underWay = this.#run(group).finally(() => {
      this.#inFlight.delete(underWay);
      this.#next();
    });
    this.#inFlight.add(underWay);
  }

  async #run(group: Pending<Item, Result>[]): Promise<void> {
    try {
      const results = await this.#call(group.map(({ item }) => item));
      for (const [index, { resolve, reject }] of group.entries()) {
        const result = results[index] as Result | Error;
        if (result instanceof Error) reject(result);
        else resolve(result);
      }
    } catch (error) {
      for (const { reject } of group) reject(error);
      // What waits was not even sent; it would only run into the same time-out later.
      for (const { reject } of this.#waiting) reject(error);
      this.#waiting = [];
    }
  }
}
