import { setImmediate } from 'node:timers/promises';
import { type Collection, type Filter, ObjectId } from 'mongodb';
import type { Availability } from '../database/availability.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';
import type { BehaviorEventDocument } from './collection.ts';
import { toEvent } from './event-document.ts';

/** How many events the database sends at once, unless the reader says otherwise. */
const BATCH = 250;
/** Milliseconds for which events are read before other work gets its turn. */
const SLICE_MS = 5;

/** Which events to read. */
export interface EventRange {
  attempt_ids: readonly string[];
  /** Only events after this sequence number. */
  after?: number;
  /** Maximum number of events; 0 for all. */
  limit?: number;
  /** How many events the database sends at once: fewer where the reader may not take them all. */
  batch?: number;
}

/**
 * Reads events as they are taken, in the order of attempts and sequence numbers. However many there are, only a few are
 * in memory, and other work gets its turn in between.
 * @throws Refusal 503 `database_unavailable`, and any other database error
 */
export async function* streamEvents(
  events: Collection<BehaviorEventDocument>,
  availability: Pick<Availability, 'run'>,
  { attempt_ids, after = 0, limit = 0, batch = BATCH }: EventRange,
): AsyncGenerator<RecordedEvent> {
  const which: Filter<BehaviorEventDocument> = {
    attempt_id: { $in: attempt_ids.map((id) => new ObjectId(id)) },
    ...(after > 0 && { sequence_number: { $gt: after } }),
  };
  const found = events
    .find(which, { batchSize: batch })
    .sort({ attempt_id: 1, sequence_number: 1 })
    .hint('attempt_sequence')
    .limit(limit);
  const documents = found[Symbol.asyncIterator]();
  let since = performance.now();
  try {
    for (;;) {
      const { done, value } = await availability.run(() => documents.next());
      if (done) return;
      yield toEvent(value);
      if (performance.now() - since < SLICE_MS) continue;
      await setImmediate();
      since = performance.now();
    }
  } finally {
    await documents.return?.();
  }
}
