import type { Logger } from 'pino';

/** A job that runs again and again, never twice at once. A failure is logged, and the next turn tries again. */
export class Periodic {
  readonly #name: string;
  readonly #job: () => Promise<void>;
  readonly #intervalMs: number;
  readonly #log: Logger;
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<void> = Promise.resolve();
  #stopped = false;
  /** In a row. */
  #failures = 0;

  constructor(name: string, intervalMs: number, log: Logger, job: () => Promise<void>) {
    this.#name = name;
    this.#intervalMs = intervalMs;
    this.#log = log;
    this.#job = job;
  }

  /** Takes the first turn now. The interval is from the end of one turn to the start of the next. */
  start(): void {
    this.#turn = this.#take();
  }

  /** Resolves when no turn is running and none will follow. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#turn;
  }

  async #take(): Promise<void> {
    try {
      await this.#job();
      this.#failures = 0;
    } catch (err) {
      // Only the first failure in a row is logged: a long outage would otherwise fill the log with one line.
      if (this.#failures === 0) this.#log.warn({ err }, `${this.#name} failed and will be tried again`);
      this.#failures += 1;
    }
    if (!this.#stopped) this.#timer = setTimeout(() => this.start(), this.#intervalMs);
  }
}
