import type { Logger } from 'pino';
import { isUnavailable } from '../database/errors.ts';
import type { Presence } from '../database/presence.ts';
import { Refusal } from '../errors.ts';
import type { Journal } from '../journal/journal.ts';
import type { AttemptStore } from './attempt-store.ts';
import { missingProjection } from './projection.ts';
import { UnreplayableJournal } from './replay.ts';
import type { SessionRegistry } from './session-registry.ts';

/** Attempts looked up in the journal at once. */
const GROUP = 500;
/** A week: how long a server may have been down and still find completions that met their expiry. */
const RECENTLY_MS = 7 * 86_400_000;

export interface RecoveryServices {
  attempts: AttemptStore;
  journal: Journal;
  sessions: SessionRegistry;
  presence: Pick<Presence, 'buryDead'>;
  log: Logger;
}

/**
 * Finishes what an earlier process left undone: stored attempts that are behind their journal, and completed
 * attempts without results. Loading such an attempt's session is all it takes, since loading repairs what is
 * stored, and the session's actor goes on where the journal ends.
 */
export class Recovery {
  readonly #services: RecoveryServices;
  #looked = false;
  /** Attempts that cannot be resumed, so that the log says so once. */
  readonly #damaged = new Set<string>();

  constructor(services: RecoveryServices) {
    this.#services = services;
  }

  /**
   * To be run at start-up and every so often. Attempts whose start or completion did not reach the store are looked
   * for at the start and when another process has ended without a good-bye: those that live see to it themselves.
   */
  async run(): Promise<void> {
    const { attempts, presence } = this.#services;
    if (await presence.buryDead()) this.#looked = false;
    if (!this.#looked) {
      await this.#resumeThoseWith('task_started', attempts.redeemedWith('pending'));
      await this.#resumeThoseWith('task_completed', attempts.redeemedWith('in_progress'));
      const recently = new Date(Date.now() - RECENTLY_MS);
      await this.#resumeThoseWith('task_completed', attempts.expiredSince(recently));
      this.#looked = true;
    }
    for await (const attempt_id of attempts.completedButNotLocked()) await this.#resume(attempt_id);
  }

  async #resumeThoseWith(
    event_type: 'task_started' | 'task_completed',
    candidates: AsyncIterable<string>,
  ): Promise<void> {
    let group: string[] = [];
    const lookUp = async () => {
      if (group.length === 0) return;
      for (const attempt_id of await this.#services.journal.attemptsWith(event_type, group)) {
        await this.#resume(attempt_id);
      }
      group = [];
    };
    for await (const attempt_id of candidates) {
      group.push(attempt_id);
      if (group.length === GROUP) await lookUp();
    }
    await lookUp();
  }

  /** One attempt that cannot be loaded must not keep the others from their results. */
  async #resume(attempt_id: string): Promise<void> {
    if (this.#damaged.has(attempt_id)) return;
    const { sessions, log } = this.#services;
    try {
      await this.#repair(attempt_id);
      const session = await sessions.get(attempt_id);
      await session.catchUp();
      session.signal('retry_requested');
    } catch (err) {
      // A database that is away is everybody's problem; the next run begins anew then.
      if (isUnavailable(err) || (err instanceof Refusal && err.status === 503)) throw err;
      if (err instanceof UnreplayableJournal) this.#damaged.add(attempt_id);
      log.error({ err: (err as Error).cause ?? err, attempt_id }, 'An attempt cannot be resumed');
    }
  }

  async #repair(attempt_id: string): Promise<void> {
    const { attempts, journal } = this.#services;
    const attempt = await attempts.find(attempt_id);
    const change = attempt && missingProjection(attempt, await journal.read(attempt_id));
    if (change) attempts.project(attempt_id, change);
  }
}
