interface Holding {
  bytes: number;
  drop: () => void;
}

/** What is held for one caller, oldest first. */
interface Holder {
  bytes: number;
  holdings: Set<Holding>;
}

/**
 * Memory that callers make the server hold, bounded in all. When it would get more, the caller for whom most is held
 * loses what has been held longest, so that nobody pays for another caller's slowness.
 */
export class HeldBytes {
  readonly #most: number;
  readonly #holders = new Map<string, Holder>();
  #total = 0;

  /** @param most bytes in all */
  constructor(most: number) {
    this.#most = most;
  }

  /**
   * @param key names the caller
   * @param drop gives up whatever holds the bytes; called at most once
   * @returns a function to call when the bytes are no longer held; later calls do nothing
   */
  hold(key: string, bytes: number, drop: () => void): () => void {
    const holder = this.#holders.get(key) ?? { bytes: 0, holdings: new Set() };
    const holding = { bytes, drop };
    this.#holders.set(key, holder);
    holder.holdings.add(holding);
    holder.bytes += bytes;
    this.#total += bytes;
    while (this.#total > this.#most) this.#dropOldestOfLargest();
    return () => this.#release(key, holder, holding);
  }

  #dropOldestOfLargest(): void {
    const [key, holder] = [...this.#holders].reduce((largest, each) =>
      each[1].bytes > largest[1].bytes ? each : largest,
    );
    const [oldest] = holder.holdings;
    if (!oldest) return;
    this.#release(key, holder, oldest);
    oldest.drop();
  }

  #release(key: string, holder: Holder, holding: Holding): void {
    if (!holder.holdings.delete(holding)) return;
    holder.bytes -= holding.bytes;
    this.#total -= holding.bytes;
    if (holder.holdings.size === 0) this.#holders.delete(key);
  }
}
