import type { Presence } from '../../database/presence.ts';
import type { Journal } from '../../journal/journal.ts';
import type { AttemptStore } from '../stored/attempt-store.ts';
import type { Reconciler } from './reconciler.ts';

/** Maximum number of attempts looked up in the journal by one query. */
const GROUP = 500;
/** One week: after a longer downtime, completions recorded at the moment of expiry are no longer looked for. */
const RECENTLY_MS = 7 * 86_400_000;

/**
 * Milliseconds from one look for all starts and completions that did not reach the store to the next. A database may
 * carry out a write long after the process that asked for it has gone.
 */
const FULL_LOOK_MS = 3_600_000;

export interface RecoveryServices {
  attempts: AttemptStore;
  journal: Journal;
  presence: Pick<Presence, 'buryDead'>;
  reconciler: Reconciler;
}

/**
 * Finds what an earlier process left undone: stored attempts that are behind their journal, and completed attempts
 * without results. It only hands them to the reconciler: once a session has caught up, its actor does the rest.
 */
export class Recovery {
  readonly #services: RecoveryServices;
  /** When to look at all open attempts, in milliseconds of `performance.now()`. */
  #fullLookAt = 0;

  constructor(services: RecoveryServices) {
    this.#services = services;
  }

  /**
   * Must be run at start-up and regularly after that. Attempts whose start or completion did not reach the store are
   * looked for at start-up, after another process has died, and once an hour: running processes write their own changes.
   */
  async run(): Promise<void> {
    const { attempts, presence, reconciler } = this.#services;
    if (await presence.buryDead()) this.#fullLookAt = 0;
    if (performance.now() >= this.#fullLookAt) {
      await this.#addThoseWith('task_started', attempts.findRedeemed('pending'));
      await this.#addThoseWith('task_completed', attempts.findRedeemed('in_progress'));
      const recently = new Date(Date.now() - RECENTLY_MS);
      await this.#addThoseWith('task_completed', attempts.findExpiredSince(recently));
      this.#fullLookAt = performance.now() + FULL_LOOK_MS;
    }
    for await (const attempt_id of attempts.findCompletedWithoutResults()) {
      reconciler.add(attempt_id, { isBehind: true });
    }
    await reconciler.run();
  }

  async #addThoseWith(
    event_type: 'task_started' | 'task_completed',
    candidates: AsyncIterable<string>,
  ): Promise<void> {
    let group: string[] = [];
    const lookUp = async () => {
      if (group.length === 0) return;
      for (const attempt_id of await this.#services.journal.attemptsWith(event_type, group)) {
        this.#services.reconciler.add(attempt_id, { isBehind: true });
      }
      group = [];
    };
    for await (const attempt_id of candidates) {
      group.push(attempt_id);
      if (group.length === GROUP) await lookUp();
    }
    await lookUp();
  }
}
