import { Binary, type Collection, ObjectId } from 'mongodb';
import { GroupedInserts } from '../database/grouped-writes.ts';
import { type AttemptChain, commitmentTo } from '../proof/chain-start.ts';
import type { SealContent } from '../proof/formats.ts';
import type { SealDocument } from './collections.ts';

/** The seals of attempts with results, each written once. */
export class SealStore {
  readonly #seals: Collection<SealDocument>;
  readonly #inserts: GroupedInserts<SealDocument>;

  constructor(seals: Collection<SealDocument>) {
    this.#seals = seals;
    this.#inserts = new GroupedInserts(seals);
  }

  /** Saves a seal, unless the attempt has one; it would be the same. */
  async save(content: SealContent, chain: AttemptChain): Promise<void> {
    const { kind: _, attempt_id, ...fields } = content;
    const commitment = new Binary(commitmentTo(content, chain));
    const document = { _id: new ObjectId(attempt_id), ...fields, commitment, is_logged: false };
    await this.#inserts.insert(document, true);
  }

  async find(attempt_id: string): Promise<SealContent | undefined> {
    const found = await this.#seals.findOne({ _id: new ObjectId(attempt_id) });
    if (!found) return undefined;
    const { _id, commitment, is_logged, ...fields } = found;
    return { kind: 'seal', attempt_id, ...fields };
  }
}
