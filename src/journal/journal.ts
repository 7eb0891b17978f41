import { type Collection, ObjectId } from 'mongodb';
import type { Availability } from '../database/availability.ts';
import { GroupedInserts } from '../database/grouped-writes.ts';
import type { EventHead, RecordedEvent } from '../events/recorded-event.ts';
import type { AttemptKeyStore } from './attempt-key-store.ts';
import type { BehaviorEventDocument } from './collection.ts';
import { CompletedReader } from './completed-reader.ts';
import { type EventHeadDocument, toDocument, toEvent, toHead } from './event-document.ts';
import { type EventRange, streamEvents } from './event-stream.ts';
import { RecentEvents } from './recent-events.ts';

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
  readonly #keys: Pick<AttemptKeyStore, 'find'>;
  readonly #writer: GroupedInserts<BehaviorEventDocument>;
  readonly #completed: CompletedReader;
  readonly #recent = new RecentEvents();

  /** @param appends the same collection, on connections that no reader can occupy */
  constructor(
    events: Collection<BehaviorEventDocument>,
    availability: Pick<Availability, 'run'>,
    keys: Pick<AttemptKeyStore, 'find'>,
    appends = events,
  ) {
    this.#events = events;
    this.#availability = availability;
    this.#keys = keys;
    this.#writer = new GroupedInserts(appends);
    this.#completed = new CompletedReader((attempt_ids) =>
      streamEvents(events, availability, keys, { attempt_ids, isCore: true }),
    );
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
    return found ? toEvent(found, found.sealed && (await this.#keys.find(attempt_id))) : undefined;
  }

  /**
   * Events after sequence number `after`, in order; at most `limit` of them, or all if `limit` is 0. They are read as
   * they are taken, so however many there are, only a few are in memory; and whoever takes many leaves time for others.
   */
  read(attempt_id: string, range: Omit<EventRange, 'attempt_ids'> = {}): AsyncGenerator<RecordedEvent> {
    return streamEvents(this.#events, this.#availability, this.#keys, {
      attempt_ids: [attempt_id],
      ...range,
    });
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
        .project<EventHeadDocument>({ payload: 0, metadata: 0, sealed: 0 })
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
   * Calls `use` with the core of all events of an attempt that accepts no more. It may take a little longer, because small attempts
   * are read in groups, and large ones one after another, so that only one of them is in memory.
   * @throws JournalTooLarge
   */
  async withCompleted<T>(attempt_id: string, use: (events: RecordedEvent[]) => T): Promise<T> {
    const events = this.#recent.takeCompleted(attempt_id);
    return events ? use(events) : this.#completed.with(attempt_id, use);
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

  /** How many events wait to be written. */
  get waiting(): number {
    return this.#writer.waiting;
  }

  /** Resolves when every append under way has ended. */
  drain(): Promise<void> {
    return this.#writer.drain();
  }
}
