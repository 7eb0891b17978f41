import { setImmediate } from 'node:timers/promises';
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

/** How many listeners are told before other work gets its turn. */
const TOLD_AT_ONCE = 50;
/** How many news of one attempt may wait until its many listeners are told. */
const MAX_WAITING = 100;

/** News for listeners of whom some may have been told already. */
interface Telling {
  news: AttemptNews;
  /** Who listened when it happened. */
  readonly listeners: readonly AttemptListener[];
  /** How many of them were told. */
  told: number;
}

/**
 * Tells this process's watchers what happens to an attempt. Listeners belong to the attempt and not to its
 * session, so a session can be unloaded and reloaded without a watcher noticing.
 *
 * A few listeners are told at once. Many are told group by group with other work in between, so that an attempt that a
 * thousand people watch costs nobody else much; attempts take turns, and each listener hears all news in order.
 */
export class AttemptFeed {
  readonly #listeners = new Map<string, Set<AttemptListener>>();
  /** By attempt, in the order of their turns. */
  readonly #waiting = new Map<string, Telling[]>();
  #isTelling = false;

  isWatched(attempt_id: string): boolean {
    return this.#listeners.has(attempt_id);
  }

  /** The attempts that are watched in this process. */
  get watchedAttempts(): string[] {
    return [...this.#listeners.keys()];
  }

  publish(attempt_id: string, news: AttemptNews): void {
    const listeners = this.#listeners.get(attempt_id);
    if (!listeners) return;
    const waiting = this.#waiting.get(attempt_id);
    if (!waiting && listeners.size <= TOLD_AT_ONCE) {
      for (const listener of listeners) listener(news);
      return;
    }
    const latest = { news, listeners: [...listeners], told: 0 };
    if (waiting) addTo(waiting, latest);
    else this.#waiting.set(attempt_id, [latest]);
    if (!this.#isTelling) void this.#tellGroups();
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

  async #tellGroups(): Promise<void> {
    this.#isTelling = true;
    for (const [attempt_id, waiting] of this.#waiting) {
      this.#tellGroup(attempt_id, waiting);
      // The next turn of this attempt comes after those of all others; the loop visits it again.
      this.#waiting.delete(attempt_id);
      if (waiting.length > 0) this.#waiting.set(attempt_id, waiting);
      await setImmediate();
    }
    this.#isTelling = false;
  }

  #tellGroup(attempt_id: string, waiting: Telling[]): void {
    const [first] = waiting;
    if (!first) return;
    const group = first.listeners.slice(first.told, first.told + TOLD_AT_ONCE);
    first.told += group.length;
    if (first.told >= first.listeners.length) waiting.shift();
    const listening = this.#listeners.get(attempt_id);
    for (const listener of group) if (listening?.has(listener)) listener(first.news);
  }
}

/**
 * Adds news to those that wait. If too many wait, the latest ones are replaced by where the attempt stands now: from that
 * a watcher sees that events are missing, and reads them from the journal.
 */
function addTo(waiting: Telling[], latest: Telling): void {
  const last = waiting.length < MAX_WAITING ? undefined : waiting.pop();
  const view = viewIn(latest.news) ?? (last && viewIn(last.news));
  if (last && view) latest.news = { kind: 'caught_up', view };
  waiting.push(latest);
}

const viewIn = (news: AttemptNews): AttemptView | undefined => ('view' in news ? news.view : undefined);
