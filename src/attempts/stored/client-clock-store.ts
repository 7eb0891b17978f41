import { LRUCache } from 'lru-cache';
import { type Collection, ObjectId } from 'mongodb';
import { GroupedUpdates } from '../../database/grouped-writes.ts';
import type { AttemptDocument } from './collection.ts';

/** Milliseconds before the same attempt is written again. */
const PAUSE_MS = 3_600_000;
/** Maximum number of attempts remembered as written; the least recently written goes first. */
const CAPACITY = 10_000;

/**
 * Notes in stored attempts that events were refused because the front end's clock is ahead. Refused events leave no
 * other trace, so without this such a candidate would look as if they had never started.
 */
export class ClientClockStore {
  readonly #updates: GroupedUpdates<AttemptDocument>;
  readonly #written = new LRUCache<string, true>({ max: CAPACITY, ttl: PAUSE_MS });

  constructor(attempts: Collection<AttemptDocument>) {
    this.#updates = new GroupedUpdates(attempts);
  }

  /** Writes without anyone waiting, and rarely. If it fails, the next refused event tries again. */
  note(attempt_id: string, aheadMs: number): void {
    if (this.#written.has(attempt_id)) return;
    this.#written.set(attempt_id, true);
    const filter = { _id: new ObjectId(attempt_id) };
    const update = { $set: { client_clock_ahead_ms: aheadMs } };
    this.#updates.update({ filter, update }).catch(() => this.#written.delete(attempt_id));
  }
}
