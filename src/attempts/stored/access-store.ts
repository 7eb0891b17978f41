import { type Collection, ObjectId } from 'mongodb';
import { attemptNotRedeemed, notFound } from '../../errors.ts';
import { type Attempt, isRedeemed, type RedeemedAttempt } from '../attempt.ts';
import { refuseEnded } from '../ended.ts';
import { toAttempt } from './attempt-store.ts';
import type { AttemptDocument } from './collection.ts';

/** How far the clocks of two servers may differ, in milliseconds, without one missing a renewal of the other. */
const CLOCK_TOLERANCE_MS = 60_000;

/** A renewal as it is read from the database. */
type Renewal = Pick<AttemptDocument, '_id' | 'access_generation' | 'access_renewed_at'>;

/**
 * Which access tokens of an attempt are valid: those of its current generation. Renewals are rare, so all of them are
 * kept in memory, and checking a token needs no database. Renewals by other processes are read every few seconds.
 */
export class AccessStore {
  readonly #attempts: Collection<AttemptDocument>;
  /** Only attempts whose access was renewed. */
  readonly #generations = new Map<string, number>();
  #readUntil = new Date(0);

  constructor(attempts: Collection<AttemptDocument>) {
    this.#attempts = attempts;
  }

  /** The generation of an attempt's valid access tokens; 0 until access is renewed. */
  current(attempt_id: string): number {
    return this.#generations.get(attempt_id) ?? 0;
  }

  /** Reads the renewals since the last call; the first time, all. */
  async refresh(): Promise<void> {
    const since = new Date(this.#readUntil.getTime() - CLOCK_TOLERANCE_MS);
    const now = new Date();
    const renewals = await this.#attempts
      // The type is that of the partial index, which is not used without it.
      .find({ access_renewed_at: { $gte: since, $type: 'date' } })
      .project<Renewal>({ access_generation: 1, access_renewed_at: 1 })
      .toArray();
    for (const { _id, access_generation = 0 } of renewals) this.#note(_id.toHexString(), access_generation);
    this.#readUntil = now;
  }

  /**
   * Starts a new generation, so that all earlier access tokens of the attempt stop working: in this process at once.
   * @param attempt as it stands, including changes that are not written yet
   * @throws Refusal 409 `attempt_not_redeemed`, `attempt_locked` or `attempt_expired`
   */
  async renew(attempt: Attempt, now: Date): Promise<RedeemedAttempt> {
    if (!isRedeemed(attempt)) {
      throw attemptNotRedeemed(
        'The token of this attempt has not been redeemed, so the candidate can still use it.',
      );
    }
    const refusal = refuseEnded(attempt, now);
    if (refusal) throw refusal;
    const renewed = await this.#attempts.findOneAndUpdate(
      { _id: new ObjectId(attempt.attempt_id) },
      { $inc: { access_generation: 1 }, $set: { access_renewed_at: now } },
      { returnDocument: 'after' },
    );
    if (!renewed) throw notFound(`There is no attempt ${attempt.attempt_id}.`);
    this.#note(attempt.attempt_id, renewed.access_generation ?? 0);
    return toAttempt(renewed) as RedeemedAttempt;
  }

  #note(attempt_id: string, generation: number): void {
    this.#generations.set(attempt_id, Math.max(generation, this.current(attempt_id)));
  }
}
