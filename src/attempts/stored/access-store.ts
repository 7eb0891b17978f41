import { type Collection, ObjectId } from 'mongodb';
import { ACCESS_OUTLIVES_MS } from '../../caller.ts';
import { notFound } from '../../errors.ts';
import type { RedeemedAttempt } from '../attempt.ts';
import { toAttempt } from './attempt-store.ts';
import type { AttemptDocument } from './collection.ts';

/** How far the clocks of two servers may differ, in milliseconds, without one missing a renewal of the other. */
const CLOCK_TOLERANCE_MS = 60_000;

/** What is read and kept of an attempt whose access was renewed. */
type Renewal = Pick<AttemptDocument, '_id' | 'access_generation' | 'expires_at'>;

/**
 * Which access tokens of an attempt are valid: those of its current generation. Renewals are rare, so all whose tokens
 * have not expired are kept in memory, and checking a token needs no database. Renewals by other processes are read
 * every few seconds.
 */
export class AccessStore {
  readonly #attempts: Collection<AttemptDocument>;
  readonly #now: () => Date;
  /** By attempt; only attempts whose access was renewed. */
  readonly #renewals = new Map<string, Renewal>();
  #readUntil = new Date(0);
  #tellRenewed: (attempt_id: string) => void = () => undefined;

  constructor(attempts: Collection<AttemptDocument>, now: () => Date = () => new Date()) {
    this.#attempts = attempts;
    this.#now = now;
  }

  /** `listener` is called when the earlier access tokens of an attempt have stopped working in this process. */
  onRenewed(listener: (attempt_id: string) => void): void {
    this.#tellRenewed = listener;
  }

  /** The generation of an attempt's valid access tokens; 0 until access is renewed. */
  current(attempt_id: string): number {
    return this.#renewals.get(attempt_id)?.access_generation ?? 0;
  }

  /** Reads the renewals since the last call, the first time all, and forgets those whose tokens have expired. */
  async refresh(): Promise<void> {
    const since = new Date(this.#readUntil.getTime() - CLOCK_TOLERANCE_MS);
    const now = this.#now();
    const over = new Date(now.getTime() - ACCESS_OUTLIVES_MS - CLOCK_TOLERANCE_MS);
    const renewals = await this.#attempts
      // The type is that of the partial index, which is not used without it.
      .find({ access_renewed_at: { $gte: since, $type: 'date' }, expires_at: { $gt: over } })
      .project<Renewal>({ access_generation: 1, expires_at: 1 })
      .toArray();
    for (const renewal of renewals) this.#note(renewal);
    for (const [attempt_id, { expires_at }] of this.#renewals) {
      if (expires_at <= over) this.#renewals.delete(attempt_id);
    }
    this.#readUntil = now;
  }

  /**
   * Starts a new generation, so that all earlier access tokens of the attempt stop working: in this process at once.
   * @param attempt_id of a redeemed attempt
   */
  async renew(attempt_id: string, now: Date): Promise<RedeemedAttempt> {
    const renewed = await this.#attempts.findOneAndUpdate(
      { _id: new ObjectId(attempt_id) },
      { $inc: { access_generation: 1 }, $set: { access_renewed_at: now } },
      { returnDocument: 'after' },
    );
    if (!renewed) throw notFound(`There is no attempt ${attempt_id}.`);
    this.#note(renewed);
    return toAttempt(renewed) as RedeemedAttempt;
  }

  #note({ _id, access_generation = 0, expires_at }: Renewal): void {
    const attempt_id = _id.toHexString();
    if (access_generation <= this.current(attempt_id)) return;
    this.#renewals.set(attempt_id, { _id, access_generation, expires_at });
    this.#tellRenewed(attempt_id);
  }
}
