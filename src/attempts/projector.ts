import type { Logger } from 'pino';
import type { AttemptStore } from './attempt-store.ts';
import type { Projection } from './projection.ts';

type Change = Partial<Projection>;

/**
 * Keeps stored attempts in line with their journals. An event that is on disk is acknowledged even when the
 * stored attempt cannot be changed just then; what could not be written is written later.
 */
export class Projector {
  readonly #attempts: Pick<AttemptStore, 'project'>;
  readonly #run: <T>(operation: () => Promise<T>) => Promise<T>;
  readonly #log: Logger;
  /** By attempt, what is not written yet. */
  readonly #behind = new Map<string, Change>();
  readonly #writing = new Map<string, Promise<void>>();

  /** @param run as `Availability.run`, so that nobody waits for a database that is known to be away */
  constructor(
    attempts: Pick<AttemptStore, 'project'>,
    run: <T>(operation: () => Promise<T>) => Promise<T>,
    log: Logger,
  ) {
    this.#attempts = attempts;
    this.#run = run;
    this.#log = log;
  }

  /** Writes a change, now or later; never rejects. */
  async project(attempt_id: string, change: Change): Promise<void> {
    this.#behind.set(attempt_id, { ...this.#behind.get(attempt_id), ...change });
    try {
      await this.#write(attempt_id);
    } catch (err) {
      this.#log.warn({ err, attempt_id }, 'The stored attempt is behind its journal for now');
    }
  }

  /** Writes what could not be written before. @throws what the first failing write throws. */
  async retry(): Promise<void> {
    for (const attempt_id of [...this.#behind.keys()]) await this.#write(attempt_id);
  }

  /** One write at a time for an attempt: of two under way, the older could come last. */
  async #write(attempt_id: string): Promise<void> {
    for (let other = this.#writing.get(attempt_id); other; other = this.#writing.get(attempt_id)) {
      await other.catch(() => undefined);
    }
    const change = this.#behind.get(attempt_id);
    if (!change) return;
    const writing = this.#run(() => this.#attempts.project(attempt_id, change)).finally(() =>
      this.#writing.delete(attempt_id),
    );
    this.#writing.set(attempt_id, writing);
    await writing;
    if (this.#behind.get(attempt_id) === change) this.#behind.delete(attempt_id);
  }
}
