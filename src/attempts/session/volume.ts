import { bytesOf, type MeasuredEvent } from '../../events/event-size.ts';
import type { EventType } from '../../events/event-table.ts';
import type { RecordedEvent } from '../../events/recorded-event.ts';

/** How many events an attempt may have (contract, section 5). */
export const MAX_EVENTS = 5000;
/** How many bytes they may have together, as `bytesOf` counts them (contract, section 5). */
export const MAX_BYTES = 8 * 1024 * 1024;

/** The events that fit into a full attempt, too. The machine allows only a few of them, so they need no bound. */
export const ALWAYS_FIT: readonly EventType[] = ['task_abandoned', 'task_completed'];

/** How much an attempt has recorded. */
export class Volume {
  #events = 0;
  #bytes = 0;
  #isOverfull = false;

  get events(): number {
    return this.#events;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether it has more than is accepted today. Only an attempt of an earlier release can have that. */
  get isOverfull(): boolean {
    return this.#isOverfull;
  }

  /** Must be called with every recorded event. */
  note(event: RecordedEvent): void {
    if (!this.hasRoomFor(event)) this.#isOverfull = true;
    this.#events += 1;
    this.#bytes += bytesOf(event);
  }

  hasRoomFor(event: MeasuredEvent & { event_type: EventType }): boolean {
    if (ALWAYS_FIT.includes(event.event_type)) return true;
    return this.#events < MAX_EVENTS && this.#bytes + bytesOf(event) <= MAX_BYTES;
  }
}
