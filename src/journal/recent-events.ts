import { LRUCache } from 'lru-cache';
import type { RecordedEvent } from '../events/recorded-event.ts';

/** Maximum number of events kept over all attempts: usually some 5 MB, and 100 MB if all bodies are of maximum size. */
const CAPACITY = 6000;

/**
 * The events of the attempts that this process appended to last. A completion then need not read back what was
 * written a moment ago. An attempt is held from its first event on, or not at all.
 */
export class RecentEvents {
  readonly #attempts = new LRUCache<string, RecordedEvent[]>({
    maxSize: CAPACITY,
    maxEntrySize: CAPACITY / 10,
    sizeCalculation: ({ length }) => length,
  });

  /** Must be called for every appended event once it is on disk. */
  add(event: RecordedEvent): void {
    const { attempt_id, sequence_number } = event;
    const events = sequence_number === 1 ? [] : this.#attempts.get(attempt_id);
    if (!events) return;
    // Another process recorded events in between.
    if (events.length !== sequence_number - 1) this.#attempts.delete(attempt_id);
    else this.#attempts.set(attempt_id, [...events, event]);
  }

  /** Removes and returns all events of a completed attempt, if known. Nothing is recorded after a completion. */
  takeCompleted(attempt_id: string): RecordedEvent[] | undefined {
    const events = this.#attempts.get(attempt_id);
    if (events?.at(-1)?.event_type !== 'task_completed') return undefined;
    this.#attempts.delete(attempt_id);
    return events;
  }
}
