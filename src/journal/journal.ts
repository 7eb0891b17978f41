import { type Collection, ObjectId } from 'mongodb';
import type { Availability } from '../database/availability.ts';
import { GroupedInserts } from '../database/grouped-writes.ts';
import { Grouping } from '../database/grouping.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';
import type { BehaviorEventDocument } from './collection.ts';
import { escapeKeys, unescapeKeys } from './observed-keys.ts';
import { RecentEvents } from './recent-events.ts';

/** Maximum number of attempts whose events are read by one call. */
const MAX_READ_TOGETHER = 30;

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
  readonly #reader: Grouping<string, RecordedEvent[]>;
  readonly #recent = new RecentEvents();

  /** @param appends the same collection, on connections that no reader can occupy */
  constructor(
    events: Collection<BehaviorEventDocument>,
    availability: Pick<Availability, 'run'>,
    appends = events,
  ) {
    this.#events = events;
    this.#availability = availability;
    this.#writer = new GroupedInserts(appends);
    this.#reader = new Grouping((attempt_ids) => this.#readSeveral(attempt_ids), MAX_READ_TOGETHER);
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

  /** Events after sequence number `after`, in order; at most `limit` of them, or all if `limit` is 0. */
  async read(attempt_id: string, { after = 0, limit = 0 } = {}): Promise<RecordedEvent[]> {
    const documents = await this.#availability.run(() =>
      this.#events
        .find({ attempt_id: new ObjectId(attempt_id), sequence_number: { $gt: after } })
        .sort({ sequence_number: 1 })
        .limit(limit)
        .toArray(),
    );
    return documents.map(toEvent);
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
   * All events of an attempt that accepts no more. It may take a little longer, because attempts are read in
   * groups.
   */
  async readCompleted(attempt_id: string): Promise<RecordedEvent[]> {
    return this.#recent.takeCompleted(attempt_id) ?? (await this.#reader.add(attempt_id, true));
  }

  async #readSeveral(attempt_ids: string[]): Promise<RecordedEvent[][]> {
    const documents = await this.#availability.run(() =>
      this.#events
        .find({ attempt_id: { $in: attempt_ids.map((id) => new ObjectId(id)) } }, { batchSize: 1000 })
        .sort({ attempt_id: 1, sequence_number: 1 })
        .hint('attempt_sequence')
        .toArray(),
    );
    const byAttempt = new Map(attempt_ids.map((attempt_id) => [attempt_id, [] as RecordedEvent[]]));
    for (const event of documents.map(toEvent)) byAttempt.get(event.attempt_id)?.push(event);
    return attempt_ids.map((attempt_id) => byAttempt.get(attempt_id) ?? []);
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
    const found = await this.#availability.run(() =>
      this.#events
        .find({
          $or: [...known].map(([attempt_id, sequence_number]) => ({
            attempt_id: new ObjectId(attempt_id),
            sequence_number: { $gt: sequence_number },
          })),
        })
        // Both fields are in the index, so no document needs to be read.
        .project<{ attempt_id: ObjectId }>({ _id: 0, attempt_id: 1, sequence_number: 1 })
        .toArray(),
    );
    return [...new Set(found.map(({ attempt_id }) => attempt_id.toHexString()))];
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

function toEvent({ _id, attempt_id, ...document }: BehaviorEventDocument): RecordedEvent {
  return {
    event_id: _id.toHexString(),
    attempt_id: attempt_id.toHexString(),
    ...document,
    payload: unescapeKeys(document.payload),
    metadata: unescapeKeys(document.metadata),
  } as RecordedEvent;
}
