import type { Logger } from 'pino';
import { nothingStored, outcomeUnknown } from '../errors.ts';
import { isUnavailable } from './errors.ts';

/** Milliseconds from the end of one probe to the next while all is well. */
const PROBE_INTERVAL_MS = 500;
/** Milliseconds after the first failed probe; doubled with each further failure up to the maximum, with jitter. */
const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 1000;
/** Milliseconds within which a request must be refused. */
const REFUSED_WITHIN_MS = 2900;

/**
 * Knows whether the database can be reached, because it probes regularly. A call that fails or is slow affects only its
 * own request, however many there are. Only while probes fail are all requests refused, at once, so that none has to
 * wait for a time-out.
 */
export class Availability {
  readonly #ping: () => Promise<unknown>;
  readonly #log: Logger;
  /** In ms of `performance.now()`. */
  #awaySince: number | undefined;
  #waiting: (() => void)[] = [];
  #wake: () => void = () => undefined;
  #stopped = false;

  /**
   * @param ping the probe, which no other call may delay; rejects if there is no answer
   */
  constructor(ping: () => Promise<unknown>, log: Logger) {
    this.#ping = ping;
    this.#log = log;
  }

  get isAway(): boolean {
    return this.#awaySince !== undefined;
  }

  /** Starts probing. */
  start(): void {
    void this.#probeAgainAndAgain();
  }

  /** Stops probing. */
  stop(): void {
    this.#stopped = true;
    this.#wake();
  }

  /**
   * Runs an operation if the database is available.
   * @throws DatabaseUnavailable 503: at once if the database is away, and nothing is then sent; or when the operation
   * fails for that reason, and its outcome is then unknown.
   */
  async run<T>(operation: () => Promise<T>): Promise<T> {
    if (this.isAway) throw nothingStored();
    const began = performance.now();
    try {
      return await operation();
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      // The probe shows whether only this call failed. Then the requests after this one need not find out, too.
      this.#wake();
      await this.#waitForProbe(began + REFUSED_WITHIN_MS - performance.now());
      throw outcomeUnknown(error);
    }
  }

  /** Resolves when the next probe ends, or after `ms`. */
  async #waitForProbe(ms: number): Promise<void> {
    if (this.isAway || ms <= 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  async #probeAgainAndAgain(): Promise<void> {
    let failures = 0;
    while (!this.#stopped) {
      failures = (await this.#probe()) ? 0 : failures + 1;
      for (const tell of this.#waiting.splice(0)) tell();
      if (!this.#stopped) await this.#pause(failures);
    }
  }

  /** @returns whether the database answered */
  async #probe(): Promise<boolean> {
    try {
      await this.#ping();
    } catch (error) {
      this.#close(error);
      return false;
    }
    this.#open();
    return true;
  }

  #pause(failures: number): Promise<void> {
    const growing = Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), MAX_PAUSE_MS);
    // Jitter, so that many servers do not all return to the database at once.
    const ms = failures === 0 ? PROBE_INTERVAL_MS : growing * (0.5 + Math.random());
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      const wake = () => {
        clearTimeout(timer);
        resolve();
      };
      // While the database is away, only a stop may cut the pause short, so that the pauses grow.
      this.#wake = failures === 0 || this.#stopped ? wake : () => this.#stopped && wake();
    });
  }

  #close(err: unknown): void {
    if (this.#stopped || this.#awaySince !== undefined) return;
    this.#awaySince = performance.now();
    this.#log.warn({ err }, 'The database cannot be reached');
  }

  #open(): void {
    if (this.#awaySince === undefined) return;
    this.#log.warn(
      { away_ms: Math.round(performance.now() - this.#awaySince) },
      'The database can be reached again',
    );
    this.#awaySince = undefined;
  }
}
