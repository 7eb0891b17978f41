import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { isUnavailable } from '../../database/errors.ts';
import { Refusal, UnreplayableJournal } from '../../errors.ts';
import type { Journal } from '../../journal/journal.ts';
import type { AttemptFeed } from '../session/feed.ts';
import type { SessionRegistry } from '../session/session-registry.ts';
import type { AttemptProjector } from '../stored/attempt-projector.ts';
import type { AttemptStore } from '../stored/attempt-store.ts';

/** Milliseconds between two looks at an attempt that is to be looked at several times. */
const PAUSE_MS = 1000;
/** Milliseconds before a failed look is tried again: doubled with each failure, up to the longest. */
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 60_000;
/** Attempts remembered as damaged, so that the log says so once. */
const MAX_DAMAGED = 10_000;

export interface ReconcilerServices {
  sessions: Pick<SessionRegistry, 'current'>;
  attempts: Pick<AttemptStore, 'find'>;
  journal: Pick<Journal, 'read'>;
  projector: Pick<AttemptProjector, 'noteMissing'>;
  feed: AttemptFeed;
  log: Logger;
}

export interface LookRequest {
  /** How often, a second apart; once unless said otherwise. */
  looks?: number;
  /** Whether the stored attempt may lack something that no living process is going to write. */
  isBehind?: boolean;
}

interface Entry {
  looksLeft: number;
  isBehind: boolean;
  failures: number;
  /** In milliseconds of `performance.now()`. */
  dueAt: number;
  isUnderWay: boolean;
}

/**
 * The attempts that have to be looked at again, because their journal may know more than their session, their
 * stored attempt or their watchers. Each is brought in line on its own: one that fails keeps nobody else waiting.
 */
export class Reconciler {
  readonly #services: ReconcilerServices;
  readonly #entries = new Map<string, Entry>();
  readonly #damaged = new LRUCache<string, true>({ max: MAX_DAMAGED });

  constructor(services: ReconcilerServices) {
    this.#services = services;
  }

  /** Puts an attempt on the list; one whose journal is known to be damaged is left alone. */
  add(attempt_id: string, { looks = 1, isBehind = false }: LookRequest = {}): void {
    if (this.isDamaged(attempt_id)) return;
    const known = this.#entries.get(attempt_id);
    this.#entries.set(attempt_id, {
      looksLeft: Math.max(looks, known?.looksLeft ?? 0),
      isBehind: isBehind || (known?.isBehind ?? false),
      failures: known?.failures ?? 0,
      // Whoever failed before keeps its pause, however often somebody asks for it.
      dueAt: known && known.failures > 0 ? known.dueAt : 0,
      isUnderWay: false,
    });
  }

  isDamaged(attempt_id: string): boolean {
    return this.#damaged.has(attempt_id);
  }

  /**
   * Looks at all that are due; may be called while it is under way.
   * @throws what says that the database is away: nobody else would fare better, and all stay on the list.
   */
  async run(): Promise<void> {
    for (const [attempt_id, entry] of [...this.#entries]) {
      if (entry.isUnderWay || entry.dueAt > performance.now()) continue;
      entry.isUnderWay = true;
      try {
        await this.#look(attempt_id, entry);
        this.#looked(attempt_id, entry);
      } catch (error) {
        if (isDatabaseAway(error)) throw error;
        this.#failed(attempt_id, entry, error);
      } finally {
        entry.isUnderWay = false;
      }
    }
  }

  async #look(attempt_id: string, { isBehind }: Entry): Promise<void> {
    const { sessions, attempts, journal, projector, feed } = this.#services;
    if (isBehind) {
      const attempt = await attempts.find(attempt_id);
      if (attempt) projector.noteMissing(attempt, await journal.read(attempt_id));
    }
    const session = await sessions.current(attempt_id);
    // Only a computation that has given up takes this; whatever made it fail may be over.
    session.signal('retry_requested');
    if (feed.isWatched(attempt_id)) feed.publish(attempt_id, { kind: 'caught_up', view: session.view });
  }

  #looked(attempt_id: string, entry: Entry): void {
    entry.looksLeft -= 1;
    entry.failures = 0;
    entry.dueAt = performance.now() + PAUSE_MS;
    if (entry.looksLeft <= 0) this.#remove(attempt_id, entry);
  }

  #failed(attempt_id: string, entry: Entry, error: unknown): void {
    if (error instanceof UnreplayableJournal) {
      this.#damaged.set(attempt_id, true);
      this.#remove(attempt_id, entry);
      this.#services.log.error(
        { err: error.cause, attempt_id },
        'The journal of an attempt cannot be replayed',
      );
      return;
    }
    // What nobody redeemed or nobody knows has no journal.
    if (error instanceof Refusal && error.status < 500) {
      this.#remove(attempt_id, entry);
      return;
    }
    if (entry.failures === 0 && !isOverloaded(error)) {
      this.#services.log.error(
        { err: error, attempt_id },
        'An attempt cannot be looked at; tried again later',
      );
    }
    entry.dueAt = performance.now() + Math.min(FIRST_RETRY_MS * 2 ** entry.failures, LONGEST_RETRY_MS);
    entry.failures += 1;
  }

  /** Somebody may have put it on the list again meanwhile. */
  #remove(attempt_id: string, entry: Entry): void {
    if (this.#entries.get(attempt_id) === entry) this.#entries.delete(attempt_id);
  }
}

const isDatabaseAway = (error: unknown): boolean =>
  isUnavailable(error) || (error instanceof Refusal && error.code === 'database_unavailable');

const isOverloaded = (error: unknown): boolean => error instanceof Refusal && error.code === 'overloaded';
