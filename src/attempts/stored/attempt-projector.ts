import { type Collection, type Document, ObjectId } from 'mongodb';
import { GroupedUpdates } from '../../database/grouped-writes.ts';
import type { RecordedEvent } from '../../events/recorded-event.ts';
import type { Attempt } from '../attempt.ts';
import type { AttemptDocument } from './collection.ts';
import { missingProjection, type Projection, projectionOf } from './projection.ts';

type Change = Partial<Projection>;

/** Milliseconds that a change waits for company: a completion is then written together with its lock. */
const DELAY_MS = 200;

interface Behind {
  change: Change;
  /** When the oldest part of it was noted, in ms of the process's clock. */
  since: number;
}

/**
 * The one writer of what a stored attempt says of its journal. It follows a moment later: the journal is what
 * counts, so that nobody who posts an event has to wait for this. Whoever reads an attempt in this process sees the
 * change at once; other processes see it within about 0.25 s. After a crash it follows from the journal.
 */
export class AttemptProjector {
  readonly #updates: GroupedUpdates<AttemptDocument>;
  readonly #run: <T>(operation: () => Promise<T>) => Promise<T>;
  readonly #behind = new Map<string, Behind>();

  /** @param run as `Availability.run`, so that nothing waits for a database that is known to be away */
  constructor(
    attempts: Collection<AttemptDocument>,
    run: <T>(operation: () => Promise<T>) => Promise<T> = (operation) => operation(),
  ) {
    this.#updates = new GroupedUpdates(attempts);
    this.#run = run;
  }

  /** Notes what was recorded, by this process or by another one. */
  noteRecorded(event: RecordedEvent): void {
    const change = projectionOf(event);
    if (change) this.#note(event.attempt_id, change);
  }

  noteExpired(attempt_id: string): void {
    this.#note(attempt_id, { status: 'expired' });
  }

  /** Notes what a stored attempt lacks of its whole journal. */
  noteMissing(attempt: Attempt, events: readonly RecordedEvent[]): void {
    const change = missingProjection(attempt, events);
    if (change) this.#note(attempt.attempt_id, change);
  }

  /** What is not written yet of this attempt. */
  pending(attempt_id: string): Change | undefined {
    return this.#behind.get(attempt_id)?.change;
  }

  /**
   * Marks that the results are saved; idempotent.
   * @param projection of the whole journal: it is closed now, so what is stored is settled for good.
   */
  async lock(attempt_id: string, projection: Change): Promise<void> {
    const update = { $set: { ...toDocument(projection), is_locked: true } };
    await this.#updates.update({ filter: { _id: new ObjectId(attempt_id) }, update }, true);
    this.#behind.delete(attempt_id);
  }

  /**
   * Writes what has waited for `delayMs`; not to be called again before it has ended, because of two writes under
   * way the older could come last. @throws what the first failing write throws; what it was to write stays noted.
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
    const merged = { ...earlier, ...change };
    // A completion that was recorded stands, whatever else is learnt of it.
    if (earlier?.status === 'completed') merged.status = 'completed';
    this.#behind.set(attempt_id, { change: merged, since });
  }
}

function toDocument({ final_selection, ...fields }: Change) {
  if (!final_selection) return fields;
  const { option_id, option_code } = final_selection;
  return { ...fields, final_selection: { option_id: new ObjectId(option_id), option_code } };
}

/**
 * Processes may write in any order: what belongs to an earlier state or text never overwrites a later one. This is
 * said in the update and not in its filter: for a filter by `_id` alone the database needs no plan, which halves
 * the cost. `$min` keeps the later status, because of their names the later one comes first in the alphabet.
 */
function updateOf(change: Change): Document | Document[] {
  const { status, reasoning_text, reasoning_sequence_number: number, ...values } = toDocument(change);
  // Whoever records a completion knows every text before it.
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
    // A candidate's text is taken as it is and never as an expression.
    reasoning_text: unlessLater('$reasoning_text', { $literal: reasoning_text }),
    reasoning_sequence_number: unlessLater('$reasoning_sequence_number', number),
  };
  return [{ $set: { ...values, ...text, ...(status && { status: { $min: ['$status', status] } }) } }];
}
