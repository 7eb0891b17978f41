import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { Binary, type Collection, ObjectId } from 'mongodb';
import type { Availability } from '../database/availability.ts';
import { GroupedInserts } from '../database/grouped-writes.ts';
import { KEY_BYTES } from '../proof/sealing.ts';
import type { AttemptKeyDocument } from './collection.ts';

/** Maximum number of keys in memory. */
const MAX_CACHED = 20_000;
/** Milliseconds for which a key that another process has deleted may still be used here. */
const CACHED_MS = 30_000;

/** The keys with which what front ends sent is sealed: one for each attempt, made once. */
export class AttemptKeyStore {
  readonly #keys: Collection<AttemptKeyDocument>;
  readonly #availability: Pick<Availability, 'run'>;
  readonly #inserts: GroupedInserts<AttemptKeyDocument>;
  readonly #cache = new LRUCache<string, Uint8Array>({ max: MAX_CACHED, ttl: CACHED_MS });

  constructor(keys: Collection<AttemptKeyDocument>, availability: Pick<Availability, 'run'>) {
    this.#keys = keys;
    this.#availability = availability;
    this.#inserts = new GroupedInserts(keys);
  }

  /** The key of an attempt, which is made if there is none. However many ask at once, all get the same one. */
  async ensure(attempt_id: string): Promise<Uint8Array> {
    const key = randomBytes(KEY_BYTES);
    const document = { _id: new ObjectId(attempt_id), key: new Binary(key) };
    if ((await this.#availability.run(() => this.#inserts.insert(document))) === 'written') {
      this.#cache.set(attempt_id, key);
      return key;
    }
    const found = await this.find(attempt_id);
    if (!found) throw new Error(`The key of attempt ${attempt_id} was deleted a moment ago.`);
    return found;
  }

  /** Forgets a key that was deleted, so that this process cannot use it any more. */
  forget(attempt_id: string): void {
    this.#cache.delete(attempt_id);
  }

  /** The key of an attempt; undefined if it has none, or it was erased. */
  async find(attempt_id: string): Promise<Uint8Array | undefined> {
    const known = this.#cache.get(attempt_id);
    if (known) return known;
    const found = await this.#availability.run(() => this.#keys.findOne({ _id: new ObjectId(attempt_id) }));
    if (found) this.#cache.set(attempt_id, found.key.value());
    return found?.key.value();
  }
}
