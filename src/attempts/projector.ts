import type { Projection } from './projection.ts';

type Change = Partial<Projection>;

/** Milliseconds that a change waits for company: a completion is then written together with its lock. */
const DELAY_MS = 200;

interface Behind {
  change: Change;
  /** When the oldest part of it was noted, in ms of the process's clock. */
  since: number;
}

/**
 * Keeps stored attempts in line with their journals, a moment later: the journal is what counts, so that nobody
 * who posts an event has to wait for this. Whoever reads an attempt in this process sees the change at once;
 * other processes see it within about 0.25 s. After a crash it follows from the journal.
 */
export class Projector {
  readonly #write: (attempt_id: string, change: Change) => Promise<void>;
  readonly #behind = new Map<string, Behind>();

  constructor(write: (attempt_id: string, change: Change) => Promise<void>) {
    this.#write = write;
  }

  /**
   * Notes a change, to be written soon.
   * @param isOwn false for what another process recorded: that one writes the text itself, and may have a newer one
   * by then, so that here it only replaces an older text that waits to be written.
   */
  project(attempt_id: string, change: Change, isOwn = true): void {
    const { change: earlier, since = performance.now() } = this.#behind.get(attempt_id) ?? {};
    const { reasoning_text, ...lasting } = change;
    const takesText = isOwn || earlier?.reasoning_text !== undefined;
    const merged = {
      ...earlier,
      ...lasting,
      ...(takesText && reasoning_text !== undefined && { reasoning_text }),
    };
    if (Object.keys(merged).length === 0) return;
    // A completion that was recorded stands, whatever else is learnt of it.
    if (earlier?.status === 'completed') merged.status = 'completed';
    this.#behind.set(attempt_id, { change: merged, since });
  }

  /** What is not written yet of this attempt. */
  pending(attempt_id: string): Change | undefined {
    return this.#behind.get(attempt_id)?.change;
  }

  /** Somebody else has written all there is to write of this attempt. */
  settled(attempt_id: string): void {
    this.#behind.delete(attempt_id);
  }

  /**
   * Writes what has waited for `delayMs`; not to be called again before it has ended, because of two writes under
   * way the older could come last. @throws what the first failing write throws; what it was to write stays noted.
   */
  async flush(delayMs = DELAY_MS): Promise<void> {
    const until = performance.now() - delayMs;
    const due = [...this.#behind].filter(([, { since }]) => since <= until);
    const writes = due.map(async ([attempt_id, behind]) => {
      await this.#write(attempt_id, behind.change);
      if (this.#behind.get(attempt_id) === behind) this.#behind.delete(attempt_id);
    });
    const failed = (await Promise.allSettled(writes)).find(({ status }) => status === 'rejected');
    if (failed) throw (failed as PromiseRejectedResult).reason;
  }
}
