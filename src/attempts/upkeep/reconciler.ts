import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { Refusal, UnreplayableJournal } from '../../errors.ts';
import type { Journal } from '../../journal/journal.ts';
import type { AttemptFeed } from '../session/feed.ts';
import type { SessionRegistry } from '../session/session-registry.ts';
import type { AttemptProjector } from '../stored/attempt-projector.ts';
import type { AttemptStore } from '../stored/attempt-store.ts';
import { projectionOfStream } from '../stored/projection.ts';

/** Milliseconds for which an attempt is looked at whose awaited event has not come. */
const AWAIT_MS = 15 * 60_000;
/** Minimum number of milliseconds between two looks for an awaited event. */
const PAUSE_MS = 1000;
/** The pauses grow: each is at least this share of the time since the event was first awaited. */
const PAUSE_SHARE = 0.25;
/** Milliseconds before a failed look is retried: doubled with each failure, up to `LONGEST_RETRY_MS`. */
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 60_000;
/** Maximum number of attempts remembered as set aside. */
const MAX_SET_ASIDE = 10_000;

export interface ReconcilerServices {
  database: { readonly isAway: boolean };
  sessions: Pick<SessionRegistry, 'current' | 'peek'>;
  attempts: Pick<AttemptStore, 'find'>;
  journal: Pick<Journal, 'read'>;
  projector: Pick<AttemptProjector, 'noteMissing'>;
  feed: AttemptFeed;
  log: Logger;
}

export interface LookRequest {
  /**
   * Number of an event of which it is unknown whether it was stored: a paused server or a slow network may carry out
   * the write much later. The attempt is looked at until its journal has an event with this number, which decides it.
   */
  awaited?: number;
  /** Whether the stored attempt may lack a change that no running process is going to write. */
  isBehind?: boolean;
}

interface Entry {
  /** 0 if no event is awaited. */
  awaited: number;
  /** Since when, in milliseconds of `performance.now()`. */
  awaitedSince: number;
  isBehind: boolean;
  failures: number;
  /** In milliseconds of `performance.now()`. */
  dueAt: number;
  isUnderWay: boolean;
}

/**
 * The list of attempts to look at again, because their journal may have events that their session, stored attempt or
 * watchers lack. Each is brought up to date on its own, so one that fails does not hold up the others.
 */
export class Reconciler {
  readonly #services: ReconcilerServices;
  readonly #entries = new Map<string, Entry>();
  readonly #setAside = new LRUCache<string, true>({ max: MAX_SET_ASIDE });

  constructor(services: ReconcilerServices) {
    this.#services = services;
  }

  /** Puts an attempt on the list, unless it is set aside. */
  add(attempt_id: string, { awaited = 0, isBehind = false }: LookRequest = {}): void {
    if (this.isSetAside(attempt_id)) return;
    const known = this.#entries.get(attempt_id);
    this.#entries.set(attempt_id, {
      awaited: Math.max(awaited, known?.awaited ?? 0),
      awaitedSince: awaited > 0 || !known ? performance.now() : known.awaitedSince,
      isBehind: isBehind || (known?.isBehind ?? false),
      failures: known?.failures ?? 0,
      // An attempt that failed keeps its pause, however often it is added.
      dueAt: known && known.failures > 0 ? known.dueAt : 0,
      isUnderWay: false,
    });
  }

  /** Looks no more at an attempt for which nothing can be done. */
  setAside(attempt_id: string): void {
    this.#setAside.set(attempt_id, true);
    this.#entries.delete(attempt_id);
  }

  isSetAside(attempt_id: string): boolean {
    return this.#setAside.has(attempt_id);
  }

  /**
   * Looks at every attempt that is due; may be called while another call is running.
   * @throws the error if the database is away; every attempt then stays on the list
   */
  async run(): Promise<void> {
    for (const [attempt_id, entry] of [...this.#entries]) {
      if (entry.isUnderWay || entry.dueAt > performance.now()) continue;
      entry.isUnderWay = true;
      try {
        this.#noteSuccess(attempt_id, entry, await this.#look(attempt_id, entry));
      } catch (error) {
        // A call may also have failed for this attempt alone, because its journal is long or its answer was lost.
        if (this.#services.database.isAway) throw error;
        this.#noteFailure(attempt_id, entry, error);
      } finally {
        entry.isUnderWay = false;
      }
    }
  }

  /** Whether any attempt may still get an event that nobody here has seen. */
  get isAwaiting(): boolean {
    return [...this.#entries.values()].some(({ awaited }) => awaited > 0);
  }

  /** @returns the number of the last recorded event */
  async #look(attempt_id: string, { isBehind }: Entry): Promise<number> {
    const { sessions, attempts, journal, projector, feed } = this.#services;
    // A session that is not loaded yet looks at all this when it is.
    if (isBehind && sessions.peek(attempt_id)) {
      const attempt = await attempts.find(attempt_id);
      if (attempt) projector.noteMissing(attempt, await projectionOfStream(journal.read(attempt_id)));
    }
    const session = await sessions.current(attempt_id);
    // Has an effect only if the computation has given up; the cause of its failure may be gone.
    session.signal('retry_requested');
    const { view } = session;
    if (feed.isWatched(attempt_id)) feed.publish(attempt_id, { kind: 'caught_up', view });
    return view.sequence_number;
  }

  #noteSuccess(attempt_id: string, entry: Entry, lastNumber: number): void {
    const now = performance.now();
    const waited = now - entry.awaitedSince;
    entry.failures = 0;
    entry.dueAt = now + Math.max(PAUSE_MS, waited * PAUSE_SHARE);
    if (lastNumber >= entry.awaited || waited >= AWAIT_MS) this.#remove(attempt_id, entry);
  }

  #noteFailure(attempt_id: string, entry: Entry, error: unknown): void {
    if (error instanceof UnreplayableJournal) {
      this.setAside(attempt_id);
      this.#services.log.error(
        { err: error.cause, attempt_id },
        'The journal of an attempt cannot be replayed',
      );
      return;
    }
    // An attempt that does not exist or is not redeemed has no journal.
    if (error instanceof Refusal && error.status < 500) {
      this.#remove(attempt_id, entry);
      return;
    }
    if (entry.failures === 0 && !isOverloaded(error)) {
      this.#services.log.error(
        { err: error, attempt_id },
        'An attempt could not be reconciled; it will be tried again',
      );
    }
    entry.dueAt = performance.now() + Math.min(FIRST_RETRY_MS * 2 ** entry.failures, LONGEST_RETRY_MS);
    entry.failures += 1;
  }

  /** Removes an attempt from the list, unless it has been added again meanwhile. */
  #remove(attempt_id: string, entry: Entry): void {
    if (this.#entries.get(attempt_id) === entry) this.#entries.delete(attempt_id);
  }
}

const isOverloaded = (error: unknown): boolean => error instanceof Refusal && error.code === 'overloaded';
