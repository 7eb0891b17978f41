import type { Presence } from '../../database/presence.ts';
import type { Journal } from '../../journal/journal.ts';
import type { AttemptStore } from '../stored/attempt-store.ts';
import type { Reconciler } from './reconciler.ts';

/** Attempts looked up in the journal at once. */
const GROUP = 500;
/** A week: how long a server may have been down and still find completions that met their expiry. */
const RECENTLY_MS = 7 * 86_400_000;

export interface RecoveryServices {
  attempts: AttemptStore;
  journal: Journal;
  presence: Pick<Presence, 'buryDead'>;
  reconciler: Reconciler;
}

/**
 * Finds what an earlier process left undone: stored attempts that are behind their journal, and completed attempts
 * without results. Bringing such an attempt up to its journal is all it takes, since its actor goes on from there.
 */
export class Recovery {
  readonly #services: RecoveryServices;
  #looked = false;

  constructor(services: RecoveryServices) {
    this.#services = services;
  }

  /**
   * To be run at start-up and every so often. Attempts whose start or completion did not reach the store are looked
   * for at the start and when another process has ended without a good-bye: those that live see to it themselves.
   */
  async run(): Promise<void> {
    const { attempts, presence, reconciler } = this.#services;
    if (await presence.buryDead()) this.#looked = false;
    if (!this.#looked) {
      await this.#addThoseWith('task_started', attempts.redeemedWith('pending'));
      await this.#addThoseWith('task_completed', attempts.redeemedWith('in_progress'));
      const recently = new Date(Date.now() - RECENTLY_MS);
      await this.#addThoseWith('task_completed', attempts.expiredSince(recently));
      this.#looked = true;
    }
    for await (const attempt_id of attempts.completedButNotLocked()) {
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
