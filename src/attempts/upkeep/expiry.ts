import type { Journal } from '../../journal/journal.ts';
import { unredeemedView } from '../attempt-view.ts';
import type { AttemptFeed } from '../session/feed.ts';
import { isCompleted } from '../session/machine-state.ts';
import type { SessionRegistry } from '../session/session-registry.ts';
import type { AttemptStore } from '../stored/attempt-store.ts';
import type { Reconciler } from './reconciler.ts';

/** Maximum number of attempts expired by one write. */
const GROUP = 500;
/** Maximum number of attempts expired in one sweep; the next sweep takes the rest. */
const MAX_DUE = 20_000;

export interface ExpiryServices {
  attempts: AttemptStore;
  journal: Journal;
  sessions: SessionRegistry;
  reconciler: Reconciler;
  feed: AttemptFeed;
}

/**
 * Expires tokens and attempts whose time is over. Several processes may do so at once: the database changes each
 * attempt only once, and each process tells its own watchers.
 */
export class Expiry {
  readonly #services: ExpiryServices;
  /** Watched attempts whose end was told. */
  #told = new Set<string>();

  constructor(services: ExpiryServices) {
    this.#services = services;
  }

  /**
   * @param now the time by which attempts expire
   * @param databaseTime what the database's clock shows, which may be ahead of that
   */
  async sweep(now: Date, databaseTime: Date): Promise<void> {
    await this.#reopen(databaseTime);
    const due = await this.#services.attempts.findDue(now, MAX_DUE);
    for (let start = 0; start < due.length; start += GROUP) {
      await this.#expireStored(due.slice(start, start + GROUP), now);
    }
    for (const session of this.#services.sessions.listLoaded()) {
      const isOver = session.attempt.expires_at <= now && session.state.status === 'active';
      // A full mailbox may refuse this. The attempt accepts no events anyway, and the next sweep tries again.
      if (isOver && !isCompleted(session.state)) await session.expire().catch(() => undefined);
    }
    await this.#tellWatchers();
  }

  /**
   * Opens attempts and tokens again that are stored as expired although they have time left: a server started while the
   * clocks were ahead. All processes see the same database time, so none expires again what another has reopened.
   */
  async #reopen(databaseTime: Date): Promise<void> {
    const { attempts, sessions } = this.#services;
    const early = await attempts.findExpiredEarly(databaseTime, MAX_DUE);
    if (early.length === 0) return;
    await attempts.reopen(early);
    for (const attempt_id of early) sessions.forget(attempt_id);
    for (const attempt_id of early) this.#told.delete(attempt_id);
  }

  async #expireStored(due: string[], now: Date): Promise<void> {
    const { attempts, journal, reconciler } = this.#services;
    // If the journal has a completion that the stored attempt lacks, the attempt is resumed and not expired.
    const completed = new Set(await journal.attemptsWith('task_completed', due));
    for (const attempt_id of completed) reconciler.add(attempt_id, { isBehind: true });
    const expired = due.filter((attempt_id) => !completed.has(attempt_id));
    await attempts.expire(expired, now);
  }

  /**
   * Tells the watchers of attempts that are stored as expired: another process may have expired them, or a token was
   * revoked. A session does not always tell, because one that is loaded only then starts as expired. What a watcher has
   * been told already is not told again.
   */
  async #tellWatchers(): Promise<void> {
    const { feed, attempts, reconciler } = this.#services;
    const watched = feed.watchedAttempts;
    this.#told = new Set(watched.filter((attempt_id) => this.#told.has(attempt_id)));
    const open = watched.filter((attempt_id) => !this.#told.has(attempt_id));
    for (let start = 0; start < open.length; start += GROUP) {
      for (const attempt of await attempts.findExpired(open.slice(start, start + GROUP))) {
        this.#told.add(attempt.attempt_id);
        if (attempt.redeemed_at) reconciler.add(attempt.attempt_id);
        else feed.publish(attempt.attempt_id, { kind: 'caught_up', view: unredeemedView(attempt) });
      }
    }
  }
}
