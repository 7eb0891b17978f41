import { type Collection, type Document, ObjectId } from 'mongodb';
import { GroupedUpdates } from '../../database/grouped-writes.ts';
import type { RecordedEvent } from '../../events/recorded-event.ts';
import type { Attempt } from '../attempt.ts';
import type { AttemptDocument } from './collection.ts';
import { mergeProjections, missingProjection, type Projection, projectionOf } from './projection.ts';

type Change = Partial<Projection>;

/** Milliseconds that a change waits, so that it can be written with the next: a completion with its lock. */
const DELAY_MS = 200;

interface Behind {
  change: Change;
  /** When the oldest part of the change was noted, in milliseconds of `performance.now()`. */
  since: number;
}

/**
 * The only writer of the fields of a stored attempt that follow from its journal. It writes a moment later, so that
 * posting an event does not wait for it. Reads in this process include pending changes at once; other processes see
 * them within about 0.25 s. After a crash the changes are derived from the journal again.
 */
export class AttemptProjector {
  readonly #updates: GroupedUpdates<AttemptDocument>;
  readonly #run: <T>(operation: () => Promise<T>) => Promise<T>;
  readonly #behind = new Map<string, Behind>();

  /** @param run `Availability.run`, so that nothing waits for a database that is known to be away */
  constructor(
    attempts: Collection<AttemptDocument>,
    run: <T>(operation: () => Promise<T>) => Promise<T> = (operation) => operation(),
  ) {
    this.#updates = new GroupedUpdates(attempts);
    this.#run = run;
  }

  /** Notes the change of an event recorded by this or another process. */
  noteRecorded(event: RecordedEvent): void {
    const change = projectionOf(event);
    if (change) this.#note(event.attempt_id, change);
  }

  noteExpired(attempt_id: string): void {
    this.#note(attempt_id, { status: 'expired' });
  }

  /** Notes everything that the stored attempt lacks. @param projection of its whole journal */
  noteMissing(attempt: Attempt, projection: Partial<Projection>): void {
    const change = missingProjection(attempt, projection);
    if (change) this.#note(attempt.attempt_id, change);
  }

  /** The change of this attempt that is not written yet. */
  pendingChange(attempt_id: string): Change | undefined {
    return this.#behind.get(attempt_id)?.change;
  }

  /**
   * Marks that the results are saved; idempotent.
   * @param projection of the whole journal, which is complete now
   */
  async lock(attempt_id: string, projection: Change): Promise<void> {
    const update = { $set: { ...toDocument(projection), is_locked: true } };
    await this.#updates.update({ filter: { _id: new ObjectId(attempt_id) }, update }, true);
    this.#behind.delete(attempt_id);
  }

  /**
   * Writes the changes that have waited for `delayMs`. Must not be called again before it has ended, because the
   * older of two simultaneous writes might be applied last.
   * @throws the error of the first failed write; its change stays noted
   */
  async flush(delayMs = DELAY_MS): Promise<void> {
    const until = performance.now() - delayMs;
    const due = [...this.#behind].filter(([, { since }]) => since <= until);
    const writes = due.map(async ([attempt_id, behind]) => {
      const filter = { _id: new ObjectId(attempt_id) };
      await this.#run(() => this.#updates.update({ filter, update: updateOf(behind.change) }));
      if (this.#behind.get(attempt_id) === behind) this.#behind.delete(attempt_id);
    });
    const failed = (await Promise.allSettled(writes)).find(({ status }) => status === 'rejected');
    if (failed) throw (failed as PromiseRejectedResult).reason;
  }

  #note(attempt_id: string, change: Change): void {
    const { change: earlier, since = performance.now() } = this.#behind.get(attempt_id) ?? {};
    this.#behind.set(attempt_id, { change: mergeProjections(earlier ?? {}, change), since });
  }
}

function toDocument({ final_selection, ...fields }: Change) {
  if (!final_selection) return fields;
  const { option_id, option_code } = final_selection;
  return { ...fields, final_selection: { option_id: new ObjectId(option_id), option_code } };
}

/**
 * Processes may write in any order, so an earlier status or text must never overwrite a later one. The condition is
 * in the update and not in the filter, because a filter by `_id` alone needs no query plan, which halves the cost.
 * `$min` keeps the later status, because the later of two statuses comes first in the alphabet.
 */
function updateOf(change: Change): Document | Document[] {
  const { status, reasoning_text, reasoning_sequence_number: number, ...values } = toDocument(change);
  // A completion is the last event, so its text is the last text.
  if (status === 'completed' || reasoning_text === undefined) {
    const text = reasoning_text === undefined ? {} : { reasoning_text, reasoning_sequence_number: number };
    return { $set: { ...values, ...text }, ...(status && { $min: { status } }) };
  }
  const isLater = {
    $or: [
      { $eq: ['$status', 'completed'] },
      { $gte: [{ $ifNull: ['$reasoning_sequence_number', 0] }, number] },
    ],
  };
  const unlessLater = (field: string, value: unknown) => ({ $cond: [isLater, field, value] });
  const text = {
    // `$literal`, so that a candidate's text is never evaluated as an expression.
    reasoning_text: unlessLater('$reasoning_text', { $literal: reasoning_text }),
    reasoning_sequence_number: unlessLater('$reasoning_sequence_number', number),
  };
  return [{ $set: { ...values, ...text, ...(status && { status: { $min: ['$status', status] } }) } }];
}
