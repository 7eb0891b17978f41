import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { isUnavailable } from '../../database/errors.ts';
import { Refusal, UnreplayableJournal } from '../../errors.ts';
import type { Journal } from '../../journal/journal.ts';
import type { AttemptFeed } from '../session/feed.ts';
import type { SessionRegistry } from '../session/session-registry.ts';
import type { AttemptProjector } from '../stored/attempt-projector.ts';
import type { AttemptStore } from '../stored/attempt-store.ts';

/** Milliseconds between two looks at an attempt that needs several. */
const PAUSE_MS = 1000;
/** Milliseconds before a failed look is retried: doubled with each failure, up to `LONGEST_RETRY_MS`. */
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 60_000;
/** Maximum number of attempts remembered as damaged, so that each is logged only once. */
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
  /** How many looks, a second apart; 1 by default. */
  looks?: number;
  /** Whether the stored attempt may lack a change that no running process is going to write. */
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
 * The list of attempts to look at again, because their journal may have events that their session, stored attempt or
 * watchers lack. Each is brought up to date on its own, so one that fails does not hold up the others.
 */
export class Reconciler {
  readonly #services: ReconcilerServices;
  readonly #entries = new Map<string, Entry>();
  readonly #damaged = new LRUCache<string, true>({ max: MAX_DAMAGED });

  constructor(services: ReconcilerServices) {
    this.#services = services;
  }

  /** Puts an attempt on the list, unless its journal is known to be damaged. */
  add(attempt_id: string, { looks = 1, isBehind = false }: LookRequest = {}): void {
    if (this.isDamaged(attempt_id)) return;
    const known = this.#entries.get(attempt_id);
    this.#entries.set(attempt_id, {
      looksLeft: Math.max(looks, known?.looksLeft ?? 0),
      isBehind: isBehind || (known?.isBehind ?? false),
      failures: known?.failures ?? 0,
      // An attempt that failed keeps its pause, however often it is added.
      dueAt: known && known.failures > 0 ? known.dueAt : 0,
      isUnderWay: false,
    });
  }

  isDamaged(attempt_id: string): boolean {
    return this.#damaged.has(attempt_id);
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
        await this.#look(attempt_id, entry);
        this.#noteSuccess(attempt_id, entry);
      } catch (error) {
        if (isDatabaseAway(error)) throw error;
        this.#noteFailure(attempt_id, entry, error);
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
    // Has an effect only if the computation has given up; the cause of its failure may be gone.
    session.signal('retry_requested');
    if (feed.isWatched(attempt_id)) feed.publish(attempt_id, { kind: 'caught_up', view: session.view });
  }

  #noteSuccess(attempt_id: string, entry: Entry): void {
    entry.looksLeft -= 1;
    entry.failures = 0;
    entry.dueAt = performance.now() + PAUSE_MS;
    if (entry.looksLeft <= 0) this.#remove(attempt_id, entry);
  }

  #noteFailure(attempt_id: string, entry: Entry, error: unknown): void {
    if (error instanceof UnreplayableJournal) {
      this.#damaged.set(attempt_id, true);
      this.#remove(attempt_id, entry);
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

const isDatabaseAway = (error: unknown): boolean =>
  isUnavailable(error) || (error instanceof Refusal && error.code === 'database_unavailable');

const isOverloaded = (error: unknown): boolean => error instanceof Refusal && error.code === 'overloaded';
