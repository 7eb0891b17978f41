import { type Collection, type Filter, ObjectId } from 'mongodb';
import type { AttemptDocument } from '../database/collections/task-attempts.ts';
import type { Attempt } from './attempt.ts';
import type { Projection } from './projection.ts';

/** The stored attempts. Tokens write the fields of issue and redemption; this store those of the course. */
export class AttemptStore {
  readonly #attempts: Collection<AttemptDocument>;

  constructor(attempts: Collection<AttemptDocument>) {
    this.#attempts = attempts;
  }

  async find(attempt_id: string): Promise<Attempt | undefined> {
    const found = await this.#attempts.findOne({ _id: new ObjectId(attempt_id) });
    return found ? toAttempt(found) : undefined;
  }

  /**
   * Brings fields of the stored attempt in line with the journal. Two processes may do so in any order:
   * what belongs to an earlier state never overwrites a completed one.
   */
  async project(attempt_id: string, { final_selection, ...fields }: Partial<Projection>): Promise<void> {
    const completes = fields.status === 'completed';
    const selection = final_selection && {
      option_id: new ObjectId(final_selection.option_id),
      option_code: final_selection.option_code,
    };
    await this.#attempts.updateOne(
      { _id: new ObjectId(attempt_id), ...(completes ? {} : { status: { $ne: 'completed' } }) },
      { $set: { ...fields, ...(selection === undefined ? {} : { final_selection: selection }) } },
    );
  }

  /** Marks that the results are saved; idempotent. */
  async lock(attempt_id: string): Promise<void> {
    await this.#attempts.updateOne({ _id: new ObjectId(attempt_id) }, { $set: { is_locked: true } });
  }

  /** Marks an open attempt as expired; one that was completed meanwhile stays completed. */
  async expire(attempt_id: string): Promise<void> {
    await this.#attempts.updateOne(
      { _id: new ObjectId(attempt_id), status: { $in: ['pending', 'in_progress'] } },
      { $set: { status: 'expired' } },
    );
  }

  /** Ids of attempts that are completed and have no saved results yet. */
  completedButNotLocked(): AsyncIterable<string> {
    return this.#ids({ status: 'completed', is_locked: false });
  }

  /** Ids of redeemed attempts that are not known to be completed or expired. */
  open(): AsyncIterable<string> {
    return this.#ids({ status: { $in: ['pending', 'in_progress'] }, redeemed_at: { $type: 'date' } });
  }

  async *#ids(filter: Filter<AttemptDocument>): AsyncIterable<string> {
    for await (const { _id } of this.#attempts.find(filter).project<{ _id: ObjectId }>({ _id: 1 })) {
      yield _id.toHexString();
    }
  }
}

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
