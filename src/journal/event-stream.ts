import { setTimeout } from 'node:timers/promises';
import { type Collection, type Filter, ObjectId } from 'mongodb';
import type { Availability } from '../database/availability.ts';
import { coreOf, PAYLOAD_FIELDS } from '../events/event-core.ts';
import { hasFreeText } from '../events/event-table.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';
import type { AttemptKeyStore } from './attempt-key-store.ts';
import type { BehaviorEventDocument } from './collection.ts';
import { toEvent } from './event-document.ts';

/** Reads all that `coreOf` keeps of an event. */
const CORE = Object.fromEntries(
  [
    ...['attempt_id', 'sequence_number', 'event_type', 'timestamp_client', 'timestamp_server'],
    ...['client_event_id', 'batched', 'client_clock_corrected', 'digest', 'sealed'],
    ...PAYLOAD_FIELDS.map((field) => `payload.${field}`),
  ].map((field) => [field, 1]),
);

/** How many events the database sends at once, unless the reader says otherwise. */
const BATCH = 100;
/** Milliseconds for which events are read, and then as many for all other work. */
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
  /** Whether only what `coreOf` keeps of each event is needed. */
  isCore?: boolean;
}

/**
 * Reads events as they are taken, in the order of attempts and sequence numbers. However many there are, only a few are
 * in memory, and other work gets its turn in between.
 * @throws Refusal 503 `database_unavailable`, and any other database error
 */
export async function* streamEvents(
  events: Collection<BehaviorEventDocument>,
  availability: Pick<Availability, 'run'>,
  keys: Pick<AttemptKeyStore, 'find'>,
  { attempt_ids, after = 0, limit = 0, batch = BATCH, isCore = false }: EventRange,
): AsyncGenerator<RecordedEvent> {
  const which: Filter<BehaviorEventDocument> = {
    attempt_id: { $in: attempt_ids.map((id) => new ObjectId(id)) },
    ...(after > 0 && { sequence_number: { $gt: after } }),
  };
  const found = events
    .find(which, { batchSize: batch, ...(isCore && { projection: CORE }) })
    .sort({ attempt_id: 1, sequence_number: 1 })
    .hint('attempt_sequence')
    .limit(limit);
  const documents = found[Symbol.asyncIterator]();
  let since = performance.now();
  try {
    for (;;) {
      const { done, value } = await availability.run(() => documents.next());
      if (done) return;
      // Without free text, nothing that is sealed belongs to the core.
      const isOpened = value.sealed && (!isCore || hasFreeText(value.event_type));
      const key = isOpened ? await keys.find(value.attempt_id.toHexString()) : undefined;
      const event = toEvent(value, key);
      yield isCore ? coreOf(event) : event;
      if (performance.now() - since < SLICE_MS) continue;
      await setTimeout(SLICE_MS);
      since = performance.now();
    }
  } finally {
    await documents.return?.();
  }
}
