import { type Collection, type Filter, ObjectId } from 'mongodb';
import type { AttemptChain } from '../../proof/chain-start.ts';
import type { Attempt } from '../attempt.ts';
import type { AttemptProjector } from './attempt-projector.ts';
import { type AttemptDocument, TOKEN_USES } from './collection.ts';
import { mergeProjections, type Projection } from './projection.ts';

/** Reads the stored attempts and expires them. All that follows from their journals is written by `AttemptProjector`. */
export class AttemptStore {
  readonly #attempts: Collection<AttemptDocument>;
  readonly #projector: Pick<AttemptProjector, 'pendingChange'>;

  constructor(attempts: Collection<AttemptDocument>, projector: Pick<AttemptProjector, 'pendingChange'>) {
    this.#attempts = attempts;
    this.#projector = projector;
  }

  /** The stored attempt, including changes that this process has noted but not written yet. */
  async find(attempt_id: string): Promise<Attempt | undefined> {
    // Read before the query: a change may be written, and no longer be noted, just after the database has read.
    const noted = this.#projector.pendingChange(attempt_id);
    const found = (await this.#attempts.findOne({ _id: new ObjectId(attempt_id) })) ?? undefined;
    return found && this.withPendingChange(toAttempt(found), noted);
  }

  /**
   * The id of this attempt, of any of this candidate's, or of any with a token for this address, if it is redeemed and at
   * this version of a task.
   * @param of if it names an attempt and its candidate, the attempt decides
   */
  async findRedeemedAt(
    of: { attempt_id: string } | { user_id: string } | { candidate_email: string },
    task_id: string,
  ): Promise<string | undefined> {
    // The type is that of the partial indexes, which are not used without it.
    const which = { ...ownerOf(of), task_id: new ObjectId(task_id), redeemed_at: { $type: 'date' as const } };
    const found = await this.#attempts.findOne(which, { projection: { _id: 1 } });
    return found?._id.toHexString();
  }

  /** An attempt read earlier, including changes noted since. */
  withPendingChange(attempt: Attempt, noted: Partial<Projection> = {}): Attempt {
    const pending = this.#projector.pendingChange(attempt.attempt_id) ?? {};
    return { ...attempt, ...mergeProjections(mergeProjections(attempt, noted), pending) };
  }

  /** Ids of pending and open attempts whose time is over at `now`, at most `limit`. */
  async findDue(now: Date, limit: number): Promise<string[]> {
    const found = await this.#attempts
      .find(dueAt(now))
      .limit(limit)
      .project<{ _id: ObjectId }>({ _id: 1 })
      .toArray();
    return found.map(({ _id }) => _id.toHexString());
  }

  /** Marks as expired those of `attempt_ids` that are still pending or open and due at `now`. */
  async expire(attempt_ids: string[], now: Date): Promise<void> {
    const _id = { $in: attempt_ids.map((id) => new ObjectId(id)) };
    await this.#attempts.updateMany({ _id, ...dueAt(now) }, { $set: { status: 'expired' } });
  }

  /** Ids of attempts and tokens that are stored as expired although they end after `now`, at most `limit`. */
  async findExpiredEarly(now: Date, limit: number): Promise<string[]> {
    const found = await this.#attempts
      .find({ status: 'expired', expires_at: { $gt: now }, revoked_at: null })
      .limit(limit)
      .project<{ _id: ObjectId }>({ _id: 1 })
      .toArray();
    return found.map(({ _id }) => _id.toHexString());
  }

  /** Takes back the expiry of attempts and tokens. */
  async reopen(attempt_ids: string[]): Promise<void> {
    const expired = {
      _id: { $in: attempt_ids.map((id) => new ObjectId(id)) },
      status: 'expired' as const,
      revoked_at: null,
    };
    await this.#attempts.updateMany({ ...expired, started_at: null }, { $set: { status: 'pending' } });
    await this.#attempts.updateMany(expired, { $set: { status: 'in_progress' } });
  }

  /** Those of `attempt_ids` that have expired or whose token was revoked. */
  async findExpired(attempt_ids: string[]): Promise<Attempt[]> {
    if (attempt_ids.length === 0) return [];
    const _id = { $in: attempt_ids.map((id) => new ObjectId(id)) };
    return (await this.#attempts.find({ _id, status: 'expired' }).toArray()).map(toAttempt);
  }

  /** Ids of completed attempts without saved results. */
  findCompletedWithoutResults(): AsyncIterable<string> {
    return this.#ids({ status: 'completed', is_locked: false }, 'results_missing');
  }

  /** Ids of redeemed attempts that are stored with this status, although they may have moved on. */
  findRedeemed(status: 'pending' | 'in_progress'): AsyncIterable<string> {
    return this.#ids({ status, ...TOKEN_USES.redeemed }, 'redeemed_by_status');
  }

  /** Ids of redeemed attempts that expired since `time`; some may have been completed at the moment of expiry. */
  findExpiredSince(time: Date): AsyncIterable<string> {
    return this.#ids({ status: 'expired', expires_at: { $gte: time }, redeemed_at: { $type: 'date' } });
  }

  async *#ids(filter: Filter<AttemptDocument>, hint?: string): AsyncIterable<string> {
    const found = this.#attempts.find(filter, hint === undefined ? {} : { hint });
    // Read all at once: when the driver reconnects, an open cursor ends early as if it were complete.
    const ids = await found.project<{ _id: ObjectId }>({ _id: 1 }).toArray();
    for (const { _id } of ids) yield _id.toHexString();
  }
}

function ownerOf(
  of: { attempt_id: string } | { user_id: string } | { candidate_email: string },
): Filter<AttemptDocument> {
  if ('attempt_id' in of) return { _id: new ObjectId(of.attempt_id) };
  return 'user_id' in of ? { user_id: new ObjectId(of.user_id) } : { candidate_email: of.candidate_email };
}

const dueAt = (now: Date): Filter<AttemptDocument> => ({
  status: { $in: ['pending', 'in_progress'] },
  expires_at: { $lte: now },
});

export function toAttempt({ _id, attempt_token_hash: _, chain, ...document }: AttemptDocument): Attempt {
  const { user_id, task_id, issued_by, final_selection } = document;
  return {
    ...document,
    attempt_id: _id.toHexString(),
    user_id: user_id?.toHexString() ?? null,
    task_id: task_id.toHexString(),
    issued_by: issued_by.toHexString(),
    final_selection: final_selection && {
      option_id: final_selection.option_id.toHexString(),
      option_code: final_selection.option_code,
    },
    ...(chain && { chain: toChain(chain) }),
  };
}

const toChain = (chain: NonNullable<AttemptDocument['chain']>): AttemptChain => ({
  first_digest: chain.first_digest.value(),
  key_commitment: chain.key_commitment.value(),
  secret: chain.secret.value(),
});
