import { LRUCache } from 'lru-cache';
import { coreOf } from '../events/event-core.ts';
import { bytesOf } from '../events/event-size.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';

/** How many bytes of events are kept over all attempts, as `bytesOf` counts them: some 9 000 events of usual size. */
const CAPACITY = 4 * 1024 * 1024;
/** How many bytes of one attempt's events are kept. */
const MAX_OF_ONE = CAPACITY / 8;

interface Kept {
  events: RecordedEvent[];
  size: number;
}

/**
 * The core of the events of the attempts that this process appended to last. A completion then need not read back what was
 * written a moment ago. An attempt is held from its first event on, or not at all.
 */
export class RecentEvents {
  readonly #attempts = new LRUCache<string, Kept>({
    maxSize: CAPACITY,
    maxEntrySize: MAX_OF_ONE,
    sizeCalculation: ({ size }) => size,
  });

  /** Must be called for every appended event once it is on disk. */
  add(event: RecordedEvent): void {
    const { attempt_id, sequence_number } = event;
    const kept = sequence_number === 1 ? { events: [], size: 0 } : this.#attempts.get(attempt_id);
    if (!kept) return;
    // Another process recorded events in between.
    if (kept.events.length !== sequence_number - 1) {
      this.#attempts.delete(attempt_id);
      return;
    }
    const core = coreOf(event);
    kept.events.push(core);
    this.#attempts.set(attempt_id, { events: kept.events, size: kept.size + bytesOf(core) });
  }

  /** Removes and returns all events of a completed attempt, if known. Nothing is recorded after a completion. */
  takeCompleted(attempt_id: string): RecordedEvent[] | undefined {
    const events = this.#attempts.get(attempt_id)?.events;
    if (events?.at(-1)?.event_type !== 'task_completed') return undefined;
    this.#attempts.delete(attempt_id);
    return events;
  }
}
