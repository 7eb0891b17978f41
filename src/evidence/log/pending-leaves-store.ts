import { Binary, type Collection } from 'mongodb';
import type { AttemptDocument } from '../../attempts/stored/collection.ts';
import type { SealDocument } from '../../results/collections.ts';

/** The redemptions and seals that the log does not have yet. They wait where they are stored, so none can be lost. */
export class PendingLeavesStore {
  readonly #attempts: Collection<AttemptDocument>;
  readonly #seals: Collection<SealDocument>;

  constructor(attempts: Collection<AttemptDocument>, seals: Collection<SealDocument>) {
    this.#attempts = attempts;
    this.#seals = seals;
  }

  /** Commitments to redemptions and then to seals, at most `limit` of each. */
  async find(limit: number): Promise<Buffer[]> {
    const [redemptions, seals] = await Promise.all([
      this.#attempts
        .find({ is_redemption_logged: false }, { hint: 'redemption_not_logged' })
        .limit(limit)
        .project<Pick<AttemptDocument, 'chain'>>({ _id: 0, 'chain.redemption_commitment': 1 })
        .toArray(),
      this.#seals
        .find({ is_logged: false }, { hint: 'not_logged' })
        .limit(limit)
        .project<Pick<SealDocument, 'commitment'>>({ _id: 0, commitment: 1 })
        .toArray(),
    ]);
    return [
      ...redemptions.flatMap(({ chain }) => chain?.redemption_commitment ?? []),
      ...seals.map(({ commitment }) => commitment),
    ].map((binary) => Buffer.from(binary.value()));
  }

  /** Notes that the log has these. */
  async markLogged(commitments: readonly Buffer[]): Promise<void> {
    const among = { $in: commitments.map((commitment) => new Binary(commitment)) };
    await Promise.all([
      this.#attempts.updateMany(
        { is_redemption_logged: false, 'chain.redemption_commitment': among },
        { $set: { is_redemption_logged: true } },
        { hint: 'redemption_not_logged' },
      ),
      this.#seals.updateMany(
        { is_logged: false, commitment: among },
        { $set: { is_logged: true } },
        { hint: 'not_logged' },
      ),
    ]);
  }
}
