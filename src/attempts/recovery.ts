import type { Logger } from 'pino';
import type { Journal } from '../journal/journal.ts';
import type { AttemptStore } from './attempt-store.ts';
import type { SessionRegistry } from './session-registry.ts';

/** Attempts looked up in the journal at once. */
const GROUP = 500;

export interface RecoveryServices {
  attempts: AttemptStore;
  journal: Journal;
  sessions: SessionRegistry;
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

  constructor(services: RecoveryServices) {
    this.#services = services;
  }

  /**
   * To be run at start-up and every so often. Only the first run that gets through looks for attempts whose start
   * or completion did not reach the store: later on this process sees to that itself.
   */
  async run(): Promise<void> {
    const { attempts } = this.#services;
    if (!this.#looked) {
      await this.#resumeThoseWith('task_started', attempts.redeemedWith('pending'));
      await this.#resumeThoseWith('task_completed', attempts.redeemedWith('in_progress'));
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
    const { sessions, log } = this.#services;
    try {
      (await sessions.get(attempt_id)).signal('retry_requested');
    } catch (err) {
      log.error({ err, attempt_id }, 'An attempt cannot be resumed');
    }
  }
}
