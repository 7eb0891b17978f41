import type { Journal } from '../journal/journal.ts';
import type { AttemptStore } from './attempt-store.ts';
import { unredeemedView } from './attempt-view.ts';
import type { AttemptFeed } from './feed.ts';
import { isCompleted } from './machine-state.ts';
import { UnreplayableJournal } from './replay.ts';
import type { Session } from './session.ts';
import type { SessionRegistry } from './session-registry.ts';

/** Attempts expired by one write. */
const GROUP = 500;

export interface ExpiryServices {
  attempts: AttemptStore;
  journal: Journal;
  sessions: SessionRegistry;
  feed: AttemptFeed;
}

/**
 * Ends tokens and attempts whose time is over. Any number of processes may do so at once: the database changes
 * each attempt once, and each process tells its own watchers.
 */
export class Expiry {
  readonly #services: ExpiryServices;

  constructor(services: ExpiryServices) {
    this.#services = services;
  }

  /** @param now the database's time */
  async sweep(now: Date): Promise<void> {
    await this.#expireStored(now);
    for (const session of this.#services.sessions.loaded()) {
      const isOver = session.attempt.expires_at <= now && session.state.status === 'active';
      if (isOver && !isCompleted(session.state)) await session.expire();
    }
  }

  async #expireStored(now: Date): Promise<void> {
    const { attempts, journal } = this.#services;
    for (;;) {
      const due = await attempts.due(now, GROUP);
      if (due.length === 0) return;
      // The journal may know of a completion that the stored attempt does not: that one is not expired but resumed.
      const completed = new Set(await journal.attemptsWith('task_completed', due));
      for (const attempt_id of completed) await this.#load(attempt_id);
      const expired = due.filter((attempt_id) => !completed.has(attempt_id));
      await attempts.expire(expired, now);
      for (const attempt_id of expired) await this.#tell(attempt_id);
      if (due.length < GROUP) return;
    }
  }

  /** A loaded session is told by the sweep itself; a watcher may also wait where none is loaded. */
  async #tell(attempt_id: string): Promise<void> {
    const { feed, sessions, attempts } = this.#services;
    if (!feed.isWatched(attempt_id) || sessions.peek(attempt_id)) return;
    const attempt = await attempts.find(attempt_id);
    if (!attempt) return;
    const view = attempt.redeemed_at ? (await this.#load(attempt_id))?.view : unredeemedView(attempt);
    if (view) feed.publish(attempt_id, { kind: 'state_changed', view });
  }

  /** An attempt whose journal is damaged must not keep the others from expiring. */
  async #load(attempt_id: string): Promise<Session | undefined> {
    try {
      return await this.#services.sessions.get(attempt_id);
    } catch (error) {
      if (error instanceof UnreplayableJournal) return undefined;
      throw error;
    }
  }
}
