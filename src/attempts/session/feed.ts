import type { StateValue } from 'xstate';
import type { EventType } from '../../events/event-table.ts';
import type { RecordedEvent } from '../../events/recorded-event.ts';
import type { AttemptStatus } from '../attempt.ts';

/** What watchers see of an attempt. */
export interface AttemptView {
  /** The machine's state value: a name, or an object of nested names. */
  state: StateValue;
  allowed_events: EventType[];
  /** Number of the last recorded event; 0 before the first. */
  sequence_number: number;
  status: AttemptStatus;
}

/** What happens to an attempt. Recorded events are published only after they are on disk. */
export type AttemptNews =
  | { kind: 'event_recorded'; event: RecordedEvent; view: AttemptView }
  /** The state changed without a recorded event: results computed, attempt expired. */
  | { kind: 'state_changed'; view: AttemptView }
  | { kind: 'results_saved' }
  /** The session has caught up with the journal. The events of other processes can be read there. */
  | { kind: 'caught_up'; view: AttemptView };

export type AttemptListener = (news: AttemptNews) => void;

/**
 * Tells this process's watchers what happens to an attempt. Listeners belong to the attempt and not to its
 * session, so a session can be unloaded and reloaded without a watcher noticing.
 */
export class AttemptFeed {
  readonly #listeners = new Map<string, Set<AttemptListener>>();

  isWatched(attempt_id: string): boolean {
    return this.#listeners.has(attempt_id);
  }

  /** The attempts that are watched in this process. */
  get watchedAttempts(): string[] {
    return [...this.#listeners.keys()];
  }

  publish(attempt_id: string, news: AttemptNews): void {
    for (const listener of this.#listeners.get(attempt_id) ?? []) listener(news);
  }

  /** @returns a function that stops listening */
  subscribe(attempt_id: string, listener: AttemptListener): () => void {
    const listeners = this.#listeners.get(attempt_id) ?? new Set();
    this.#listeners.set(attempt_id, listeners.add(listener));
    return () => {
      // Once is enough: by the second call the attempt may have other listeners.
      if (listeners.delete(listener) && listeners.size === 0) this.#listeners.delete(attempt_id);
    };
  }
}
