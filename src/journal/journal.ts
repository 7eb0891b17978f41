import { setImmediate } from 'node:timers/promises';
import { type Collection, ObjectId } from 'mongodb';
import pLimit from 'p-limit';
import type { Availability } from '../database/availability.ts';
import { GroupedInserts } from '../database/grouped-writes.ts';
import { Grouping } from '../database/grouping.ts';
import { attemptTooLarge } from '../errors.ts';
import { bytesOf } from '../events/event-size.ts';
import type { EventHead, RecordedEvent } from '../events/recorded-event.ts';
import type { BehaviorEventDocument } from './collection.ts';
import { escapeKeys, unescapeKeys } from './observed-keys.ts';
import { RecentEvents } from './recent-events.ts';

/** Maximum number of attempts whose events are read by one call, and of bytes that they have together. */
const MAX_READ_TOGETHER = 30;
const MAX_BYTES_TOGETHER = 2 * 1024 * 1024;
/** Maximum number of bytes of an attempt that is read into memory: twice what an attempt may have. */
const MAX_BYTES_WHOLE = 16 * 1024 * 1024;
/** How many events the database sends at once. */
const BATCH = 250;
/** Milliseconds for which events are read before other work gets its turn. */
const SLICE_MS = 10;

/**
 * - `stored`: on disk (in a replica set: on a majority).
 * - `sequence_taken`: another process recorded an event under this number first; nothing was stored.
 * - `repeated`: the attempt already has an event with this `client_event_id`; nothing was stored.
 */
export type AppendResult =
  | { outcome: 'stored' }
  | { outcome: 'sequence_taken' }
  | { outcome: 'repeated'; first: RecordedEvent };

/** The append-only record of what candidates did. There is no update and no delete. */
export class Journal {
  readonly #events: Collection<BehaviorEventDocument>;
  readonly #availability: Pick<Availability, 'run'>;
  readonly #writer: GroupedInserts<BehaviorEventDocument>;
  readonly #smallReader: Grouping<string, RecordedEvent[] | undefined>;
  readonly #largeReader = pLimit(1);
  readonly #recent = new RecentEvents();

  constructor(events: Collection<BehaviorEventDocument>, availability: Pick<Availability, 'run'>) {
    this.#events = events;
    this.#availability = availability;
    this.#writer = new GroupedInserts(events);
    this.#smallReader = new Grouping((attempt_ids) => this.#readSmall(attempt_ids), MAX_READ_TOGETHER);
  }

  /**
   * Appends one event; resolves once it is on disk (in a replica set: on a majority).
   * @throws Refusal 503 `database_unavailable`, or any database error. The outcome is then unknown: the event may
   * or may not be stored, so a caller that keeps state must read the journal again before deciding anything.
   */
  async append(event: RecordedEvent): Promise<AppendResult> {
    const verdict = await this.#availability.run(() => this.#writer.insert(toDocument(event)));
    if (verdict === 'written') {
      this.#recent.add(event);
      return { outcome: 'stored' };
    }
    const first = event.client_event_id && (await this.findRepeated(event.attempt_id, event.client_event_id));
    return first ? { outcome: 'repeated', first } : { outcome: 'sequence_taken' };
  }

  /** The event that the attempt recorded under this `client_event_id`, if any. */
  async findRepeated(attempt_id: string, client_event_id: string): Promise<RecordedEvent | undefined> {
    const found = await this.#availability.run(() =>
      this.#events.findOne({ attempt_id: new ObjectId(attempt_id), client_event_id }),
    );
    return found ? toEvent(found) : undefined;
  }

  /**
   * Events after sequence number `after`, in order; at most `limit` of them, or all if `limit` is 0. They are read as
   * they are taken, so however many there are, only a few are in memory; and whoever takes many leaves time for others.
   */
  async *read(attempt_id: string, { after = 0, limit = 0 } = {}): AsyncGenerator<RecordedEvent> {
    const documents = this.#stream(() =>
      this.#events
        .find({ attempt_id: new ObjectId(attempt_id), sequence_number: { $gt: after } }, { batchSize: BATCH })
        .sort({ sequence_number: 1 })
        .limit(limit),
    );
    for await (const document of documents) yield toEvent(document);
  }

  /** Like `read`, but without what front ends sent in the events, so that it does not matter how large they are. */
  async readHeads(
    attempt_id: string,
    { after, limit }: { after: number; limit: number },
  ): Promise<EventHead[]> {
    const documents = await this.#availability.run(() =>
      this.#events
        .find({ attempt_id: new ObjectId(attempt_id), sequence_number: { $gt: after } })
        .sort({ sequence_number: 1 })
        .limit(limit)
        .project<Omit<BehaviorEventDocument, 'payload' | 'metadata'>>({ payload: 0, metadata: 0 })
        .toArray(),
    );
    return documents.map(toHead);
  }

  /** Number of an attempt's last recorded event; 0 before the first. Reads only the index. */
  async lastNumber(attempt_id: string): Promise<number> {
    const [last] = await this.#availability.run(() =>
      this.#events
        .find({ attempt_id: new ObjectId(attempt_id) })
        .sort({ sequence_number: -1 })
        .limit(1)
        .project<{ sequence_number: number }>({ _id: 0, sequence_number: 1 })
        .toArray(),
    );
    return last?.sequence_number ?? 0;
  }

  /**
   * Calls `use` with all events of an attempt that accepts no more. It may take a little longer, because small attempts
   * are read in groups, and large ones one after another, so that only one of them is in memory.
   * @throws Refusal 409 `attempt_too_large` if the events do not fit into memory
   */
  async withCompleted<T>(attempt_id: string, use: (events: RecordedEvent[]) => T): Promise<T> {
    const events = this.#recent.takeCompleted(attempt_id) ?? (await this.#smallReader.add(attempt_id, true));
    if (events) return use(events);
    return this.#largeReader(async () => use(await this.#readWhole(attempt_id)));
  }

  /** The events of each attempt; undefined from the first on that is too large to be read together with others. */
  async #readSmall(attempt_ids: string[]): Promise<(RecordedEvent[] | undefined)[]> {
    const documents = this.#stream(() =>
      this.#events
        .find({ attempt_id: { $in: attempt_ids.map((id) => new ObjectId(id)) } }, { batchSize: BATCH })
        .sort({ attempt_id: 1, sequence_number: 1 })
        .hint('attempt_sequence'),
    );
    const whole = new Map(attempt_ids.map((attempt_id): [string, RecordedEvent[]] => [attempt_id, []]));
    let bytes = 0;
    for await (const document of documents) {
      const event = toEvent(document);
      bytes += bytesOf(event);
      if (bytes > MAX_BYTES_TOGETHER) {
        for (const unread of whole.keys()) if (unread >= event.attempt_id) whole.delete(unread);
        break;
      }
      whole.get(event.attempt_id)?.push(event);
    }
    return attempt_ids.map((attempt_id) => whole.get(attempt_id));
  }

  async #readWhole(attempt_id: string): Promise<RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    let bytes = 0;
    for await (const event of this.read(attempt_id)) {
      bytes += bytesOf(event);
      if (bytes > MAX_BYTES_WHOLE) {
        throw attemptTooLarge(
          `This attempt has recorded more than ${MAX_BYTES_WHOLE} bytes, which is too much to compute results from. ` +
            'Its events can still be read, page by page.',
        );
      }
      events.push(event);
    }
    return events;
  }

  /** The documents of a query, read batch by batch. Other work gets its turn in between. */
  async *#stream(open: () => AsyncIterable<BehaviorEventDocument>): AsyncGenerator<BehaviorEventDocument> {
    const documents = open()[Symbol.asyncIterator]();
    let since = performance.now();
    try {
      for (;;) {
        const { done, value } = await this.#availability.run(() => documents.next());
        if (done) return;
        yield value;
        if (performance.now() - since < SLICE_MS) continue;
        await setImmediate();
        since = performance.now();
      }
    } finally {
      await documents.return?.();
    }
  }

  /** Returns those of `attempt_ids` that have a recorded event of this type. */
  async attemptsWith(event_type: RecordedEvent['event_type'], attempt_ids: string[]): Promise<string[]> {
    const found = await this.#availability.run(() =>
      this.#events
        .find({ attempt_id: { $in: attempt_ids.map((id) => new ObjectId(id)) }, event_type })
        .project<{ attempt_id: ObjectId }>({ _id: 0, attempt_id: 1 })
        .toArray(),
    );
    return found.map(({ attempt_id }) => attempt_id.toHexString());
  }

  /**
   * Returns the attempts that have events after their last known number.
   * @param known last known number by attempt id, at most a few hundred
   */
  async attemptsAhead(known: ReadonlyMap<string, number>): Promise<string[]> {
    return this.#availability.run(async () => {
      const found = this.#events
        .find({
          $or: [...known].map(([attempt_id, sequence_number]) => ({
            attempt_id: new ObjectId(attempt_id),
            sequence_number: { $gt: sequence_number },
          })),
        })
        // Both fields are in the index, so no document needs to be read.
        .project<{ attempt_id: ObjectId }>({ _id: 0, attempt_id: 1, sequence_number: 1 });
      const ahead = new Set<string>();
      for await (const { attempt_id } of found) ahead.add(attempt_id.toHexString());
      return [...ahead];
    });
  }

  /** Resolves when every append under way has ended. */
  drain(): Promise<void> {
    return this.#writer.drain();
  }
}

function toDocument({ event_id, attempt_id, ...event }: RecordedEvent): BehaviorEventDocument {
  return {
    _id: new ObjectId(event_id),
    attempt_id: new ObjectId(attempt_id),
    ...event,
    payload: escapeKeys(event.payload),
    metadata: escapeKeys(event.metadata),
  };
}

function toHead({
  _id,
  attempt_id,
  ...document
}: Omit<BehaviorEventDocument, 'payload' | 'metadata'>): EventHead {
  return { event_id: _id.toHexString(), attempt_id: attempt_id.toHexString(), ...document };
}

function toEvent({ _id, attempt_id, ...document }: BehaviorEventDocument): RecordedEvent {
  return {
    event_id: _id.toHexString(),
    attempt_id: attempt_id.toHexString(),
    ...document,
    payload: unescapeKeys(document.payload),
    metadata: unescapeKeys(document.metadata),
  } as RecordedEvent;
}
