import type { Logger } from 'pino';
import type { Journal } from '../journal/journal.ts';
import type { AttemptStore } from './attempt-store.ts';
import type { SessionRegistry } from './session-registry.ts';

/** Attempts looked up in the journal at once. */
const GROUP = 500;
/** Milliseconds between two looks at attempts that are completed but have no results. */
const SWEEP_INTERVAL_MS = 15_000;

export interface RecoveryServices {
  attempts: AttemptStore;
  journal: Journal;
  sessions: SessionRegistry;
  log: Logger;
}

/**
 * Finishes what an earlier process left undone: attempts whose completion is in the journal but not in the
 * stored attempt, and completed attempts without results. Loading such an attempt's session is all it takes,
 * since its actor goes on where the journal ends.
 */
export class Recovery {
  readonly #services: RecoveryServices;
  #running: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(services: RecoveryServices) {
    this.#services = services;
  }

  /** Begins in the background; a start does not wait for it. */
  start(): void {
    this.#run(async () => {
      await this.#resumeUnnoticedCompletions();
      await this.#resumeComputations();
    });
    this.#timer = setInterval(() => this.#run(() => this.#resumeComputations()), SWEEP_INTERVAL_MS);
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#running;
  }

  #run(job: () => Promise<void>): void {
    this.#running = this.#running.then(job).catch((err: unknown) => {
      this.#services.log.warn({ err }, 'Recovery could not go on; it will be tried again');
    });
  }

  async #resumeUnnoticedCompletions(): Promise<void> {
    const { attempts, journal } = this.#services;
    let group: string[] = [];
    const lookUp = async () => {
      for (const attempt_id of await journal.attemptsWith('task_completed', group))
        await this.#resume(attempt_id);
      group = [];
    };
    for await (const attempt_id of attempts.open()) {
      if (this.#stopped) return;
      group.push(attempt_id);
      if (group.length === GROUP) await lookUp();
    }
    if (group.length > 0) await lookUp();
  }

  async #resumeComputations(): Promise<void> {
    for await (const attempt_id of this.#services.attempts.completedButNotLocked()) {
      if (this.#stopped) return;
      await this.#resume(attempt_id);
    }
  }

  /** One attempt that cannot be loaded must not keep the others from their results. */
  async #resume(attempt_id: string): Promise<void> {
    const { sessions, log } = this.#services;
    try {
      (await sessions.get(attempt_id)).signal('retry_requested');
    } catch (err) {
      log.error({ err, attempt_id }, 'A completed attempt cannot be resumed');
    }
  }
}
