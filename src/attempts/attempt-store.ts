import { type Collection, type Document, type Filter, ObjectId } from 'mongodb';
import { GroupedUpdates } from '../database/grouped-writes.ts';
import type { Attempt } from './attempt.ts';
import type { AttemptDocument } from './collection.ts';
import type { Projection } from './projection.ts';
import { Projector } from './projector.ts';

/** The stored attempts. Tokens write the fields of issue and redemption; this store those of the course. */
export class AttemptStore {
  readonly #attempts: Collection<AttemptDocument>;
  readonly #updates: GroupedUpdates<AttemptDocument>;
  readonly #projector: Projector;

  /** @param run as `Availability.run`, so that nothing waits for a database that is known to be away */
  constructor(
    attempts: Collection<AttemptDocument>,
    run: <T>(operation: () => Promise<T>) => Promise<T> = (operation) => operation(),
  ) {
    this.#attempts = attempts;
    this.#updates = new GroupedUpdates(attempts);
    this.#projector = new Projector((attempt_id, change) => run(() => this.#write(attempt_id, change)));
  }

  /** The attempt as it is stored, with what this process has noted but not written yet. */
  async find(attempt_id: string): Promise<Attempt | undefined> {
    // What is noted now may be written, and forgotten here, just after the database has looked.
    const noted = this.#projector.pending(attempt_id);
    const found = (await this.#attempts.findOne({ _id: new ObjectId(attempt_id) })) ?? undefined;
    return found && this.current(toAttempt(found), noted);
  }

  /** An attempt that was read, with what has been noted since. */
  current(attempt: Attempt, noted: Partial<Projection> = {}): Attempt {
    const current = { ...attempt, ...noted, ...this.#projector.pending(attempt.attempt_id) };
    return attempt.status === 'completed' ? { ...current, status: 'completed' } : current;
  }

  /** Brings fields of the stored attempt in line with the journal, a moment later; see `Projector.project`. */
  project(attempt_id: string, change: Partial<Projection>, isOwn = true): void {
    this.#projector.project(attempt_id, change, isOwn);
  }

  /** Writes what was noted a while ago; see `Projector.flush`. */
  async flush(delayMs?: number): Promise<void> {
    await this.#projector.flush(delayMs);
  }

  async #write(attempt_id: string, change: Partial<Projection>): Promise<void> {
    await this.#updates.update({ filter: { _id: new ObjectId(attempt_id) }, update: updateOf(change) });
  }

  /**
   * Marks that the results are saved; idempotent.
   * @param projection of the whole journal: it is closed now, so what is stored is settled for good.
   */
  async lock(attempt_id: string, projection: Partial<Projection>): Promise<void> {
    const lock = {
      filter: { _id: new ObjectId(attempt_id) },
      update: { $set: { ...toDocument(projection), is_locked: true } },
    };
    await this.#updates.update(lock, true);
    this.#projector.settled(attempt_id);
  }

  /** Ids of waiting and open attempts whose time is over at `now`, at most `limit`. */
  async due(now: Date, limit: number): Promise<string[]> {
    const found = await this.#attempts
      .find(dueAt(now))
      .limit(limit)
      .project<{ _id: ObjectId }>({ _id: 1 })
      .toArray();
    return found.map(({ _id }) => _id.toHexString());
  }

  /** Of `attempt_ids`, marks as expired what is still open and due at `now`. */
  async expire(attempt_ids: string[], now: Date): Promise<void> {
    const _id = { $in: attempt_ids.map((id) => new ObjectId(id)) };
    await this.#attempts.updateMany({ _id, ...dueAt(now) }, { $set: { status: 'expired' } });
  }

  /** Ids of attempts that are completed and have no saved results yet. */
  completedButNotLocked(): AsyncIterable<string> {
    return this.#ids({ status: 'completed', is_locked: false }, 'results_missing');
  }

  /** Ids of redeemed attempts of which the store does not know that they have started, or that they have ended. */
  redeemedWith(status: 'pending' | 'in_progress'): AsyncIterable<string> {
    return this.#ids({ status, redeemed_at: { $type: 'date' } });
  }

  /** Ids of redeemed attempts that expired since then, which may have been completed at that very moment. */
  expiredSince(time: Date): AsyncIterable<string> {
    return this.#ids({ status: 'expired', expires_at: { $gte: time }, redeemed_at: { $type: 'date' } });
  }

  async *#ids(filter: Filter<AttemptDocument>, hint?: string): AsyncIterable<string> {
    const found = this.#attempts.find(filter, hint === undefined ? {} : { hint });
    // All at once: a cursor that stays open would end as if at its end when the driver reconnects.
    const ids = await found.project<{ _id: ObjectId }>({ _id: 1 }).toArray();
    for (const { _id } of ids) yield _id.toHexString();
  }
}

function toDocument({ final_selection, ...fields }: Partial<Projection>) {
  const selection = final_selection && {
    option_id: new ObjectId(final_selection.option_id),
    option_code: final_selection.option_code,
  };
  return { ...fields, ...(selection === undefined ? {} : { final_selection: selection }) };
}

/**
 * Two processes may write in any order: what belongs to an earlier state never overwrites a later one. This is
 * said in the update and not in its filter: for a filter by `_id` alone the database needs no plan, which halves
 * the cost. Of the names of the states the later one always comes first in the alphabet, so that `$min` keeps it.
 */
function updateOf(change: Partial<Projection>): Document | Document[] {
  const { status, ...values } = toDocument(change);
  if (status === 'completed' || values.reasoning_text === undefined) {
    return { $set: values, ...(status && { $min: { status } }) };
  }
  // A candidate's text is taken as it is and never as an expression.
  const text = { $literal: values.reasoning_text };
  const reasoning_text = { $cond: [{ $eq: ['$status', 'completed'] }, '$reasoning_text', text] };
  return [{ $set: { ...values, reasoning_text, ...(status && { status: { $min: ['$status', status] } }) } }];
}

const dueAt = (now: Date): Filter<AttemptDocument> => ({
  status: { $in: ['pending', 'in_progress'] },
  expires_at: { $lte: now },
});

export function toAttempt({ _id, attempt_token_hash: _, ...document }: AttemptDocument): Attempt {
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
  };
}
