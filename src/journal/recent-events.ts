import { LRUCache } from 'lru-cache';
import type { RecordedEvent } from '../events/recorded-event.ts';

/** Roughly how many bytes of events are kept over all attempts: some 6 000 events of usual size. */
const CAPACITY = 8_000_000;
/** What an event takes besides its payload and metadata. */
const ENVELOPE = 700;

interface Kept {
  events: RecordedEvent[];
  size: number;
}

/**
 * The events of the attempts that this process appended to last. A completion then need not read back what was
 * written a moment ago. An attempt is held from its first event on, or not at all.
 */
export class RecentEvents {
  readonly #attempts = new LRUCache<string, Kept>({
    maxSize: CAPACITY,
    maxEntrySize: CAPACITY / 10,
    sizeCalculation: ({ size }) => size,
  });

  /** Must be called for every appended event once it is on disk. */
  add(event: RecordedEvent): void {
    const { attempt_id, sequence_number } = event;
    const kept = sequence_number === 1 ? { events: [], size: 0 } : this.#attempts.get(attempt_id);
    if (!kept) return;
    // Another process recorded events in between.
    if (kept.events.length !== sequence_number - 1) this.#attempts.delete(attempt_id);
    else {
      const size = kept.size + ENVELOPE + sizeOf(event.payload) + sizeOf(event.metadata);
      this.#attempts.set(attempt_id, { events: [...kept.events, event], size });
    }
  }

  /** Removes and returns all events of a completed attempt, if known. Nothing is recorded after a completion. */
  takeCompleted(attempt_id: string): RecordedEvent[] | undefined {
    const events = this.#attempts.get(attempt_id)?.events;
    if (events?.at(-1)?.event_type !== 'task_completed') return undefined;
    this.#attempts.delete(attempt_id);
    return events;
  }
}

/** About how many bytes a value takes in memory. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return 16 + 2 * value.length;
  if (typeof value !== 'object' || value === null) return 16;
  return Object.entries(value).reduce((sum, [key, inner]) => sum + 2 * key.length + sizeOf(inner), 32);
}
