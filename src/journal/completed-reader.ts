import pLimit from 'p-limit';
import { Grouping } from '../database/grouping.ts';
import { bytesOf } from '../events/event-size.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';

/** Maximum number of attempts whose events are read by one call, and of bytes that they have together. */
const MAX_TOGETHER = 30;
const MAX_BYTES_TOGETHER = 2 * 1024 * 1024;
/** Maximum number of bytes of an attempt that is read into memory: twice what an attempt may have, even if all is core. */
const MAX_BYTES = 16 * 1024 * 1024;

/** The events of an attempt do not fit into memory together. */
export class JournalTooLarge extends Error {
  override readonly name = 'JournalTooLarge';
}

/** Reads the core of the events of the attempts with these ids, one attempt after the other in the order of their ids. */
type ReadAttempts = (attempt_ids: readonly string[]) => AsyncIterable<RecordedEvent>;

/**
 * Reads all events of attempts that accept no more. Small attempts are read in groups, and large ones one after another,
 * so that only one of them is in memory.
 */
export class CompletedReader {
  readonly #read: ReadAttempts;
  readonly #small: Grouping<string, RecordedEvent[] | undefined>;
  readonly #large = pLimit(1);

  constructor(read: ReadAttempts) {
    this.#read = read;
    this.#small = new Grouping((attempt_ids) => this.#readGroup(attempt_ids), MAX_TOGETHER);
  }

  /** Calls `use` with the events of an attempt. @throws JournalTooLarge */
  async with<T>(attempt_id: string, use: (events: RecordedEvent[]) => T): Promise<T> {
    const events = await this.#small.add(attempt_id, true);
    return events ? use(events) : this.#large(async () => use(await this.#readWhole(attempt_id)));
  }

  /** The events of each attempt; undefined from the first one on that makes the group too large. */
  async #readGroup(attempt_ids: string[]): Promise<(RecordedEvent[] | undefined)[]> {
    const complete = new Map(attempt_ids.map((attempt_id): [string, RecordedEvent[]] => [attempt_id, []]));
    let bytes = 0;
    for await (const event of this.#read(attempt_ids)) {
      bytes += bytesOf(event);
      if (bytes > MAX_BYTES_TOGETHER) {
        for (const attempt_id of attempt_ids) if (attempt_id >= event.attempt_id) complete.delete(attempt_id);
        break;
      }
      complete.get(event.attempt_id)?.push(event);
    }
    return attempt_ids.map((attempt_id) => complete.get(attempt_id));
  }

  async #readWhole(attempt_id: string): Promise<RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    let bytes = 0;
    for await (const event of this.#read([attempt_id])) {
      bytes += bytesOf(event);
      if (bytes > MAX_BYTES)
        throw new JournalTooLarge(`Attempt ${attempt_id} has more than ${MAX_BYTES} bytes.`);
      events.push(event);
    }
    return events;
  }
}
