import type { Logger } from 'pino';
import { databaseUnavailable } from '../errors.ts';
import { isUnavailable } from './errors.ts';

/** Milliseconds from the end of one probe to the next while all is well. */
const PROBE_INTERVAL_MS = 500;
/** Milliseconds after a first failed probe; doubled with each in a row up to the maximum, and spread by chance. */
const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 1000;
/** Failed probes in a row after which the client itself is thought to be stuck. */
const FAILURES_BEFORE_REPLACING = 3;
/** Milliseconds without an answer after which a probe speaks against the database once a call has failed, too. */
const UNANSWERED_MS = 1000;
/** Milliseconds that a request may take to be refused. */
const REFUSED_WITHIN_MS = 2900;

/**
 * Knows whether the database can be reached, by probes of its own. A call that fails or is slow is its request's
 * problem alone; only while probes fail are all requests refused at once, so that nobody queues behind time-outs.
 */
export class Availability {
  readonly #ping: () => Promise<unknown>;
  readonly #replaceClient: () => Promise<unknown>;
  readonly #log: Logger;
  /** When the probe under way began. */
  #probeBegan: number | undefined;
  /** In ms since the epoch. */
  #awaySince: number | undefined;
  #waiting: (() => void)[] = [];
  #wake: () => void = () => undefined;
  #stopped = false;

  /**
   * @param ping the probe; rejects when there is no answer
   * @param replaceClient makes a client anew, of whose connections none can be stuck; rejects unless it works
   */
  constructor(ping: () => Promise<unknown>, replaceClient: () => Promise<unknown>, log: Logger) {
    this.#ping = ping;
    this.#replaceClient = replaceClient;
    this.#log = log;
  }

  get isAway(): boolean {
    return this.#awaySince !== undefined;
  }

  /** Begins to probe. */
  start(): void {
    void this.#probeAgainAndAgain();
  }

  /** Ends the probing. */
  stop(): void {
    this.#stopped = true;
    this.#wake();
  }

  /**
   * Runs an operation while the database is there.
   * @throws Refusal 503 `database_unavailable` at once while it is away, or when the operation finds it so; its
   * outcome is unknown in the second case.
   */
  async run<T>(operation: () => Promise<T>): Promise<T> {
    if (this.isAway) throw databaseUnavailable();
    const began = performance.now();
    try {
      return await operation();
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      await this.#verify(error, began + REFUSED_WITHIN_MS - performance.now());
      throw databaseUnavailable(error);
    }
  }

  /** Finds out whether a failed call was alone in that, as long as its request may wait for it. */
  async #verify(error: unknown, patienceMs: number): Promise<void> {
    this.#wake();
    const left = UNANSWERED_MS - this.#probeAge();
    if (left > 0 && patienceMs > 0) await this.#verdict(Math.min(left, patienceMs));
    if (this.#probeAge() >= UNANSWERED_MS) this.#close(error);
  }

  #probeAge(): number {
    return this.#probeBegan === undefined ? 0 : performance.now() - this.#probeBegan;
  }

  /** Resolves with the end of the next probe, or after `ms`. */
  #verdict(ms: number): Promise<void> {
    return new Promise((resolve) => {
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
      failures = (await this.#probe(failures)) ? 0 : failures + 1;
      this.#probeBegan = undefined;
      for (const tell of this.#waiting.splice(0)) tell();
      if (!this.#stopped) await this.#pause(failures);
    }
  }

  /** @returns whether the database answered, if need be to a new client. */
  async #probe(failuresBefore: number): Promise<boolean> {
    this.#probeBegan = performance.now();
    try {
      await this.#ping();
    } catch (error) {
      this.#close(error);
      if (failuresBefore + 1 < FAILURES_BEFORE_REPLACING || this.#stopped) return false;
      try {
        await this.#replaceClient();
      } catch {
        return false;
      }
    }
    this.#open();
    return true;
  }

  #pause(failures: number): Promise<void> {
    const growing = Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), MAX_PAUSE_MS);
    // Spread, so that many servers do not come back to a database all at once.
    const ms = failures === 0 ? PROBE_INTERVAL_MS : growing * (0.5 + Math.random());
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      const wake = () => {
        clearTimeout(timer);
        resolve();
      };
      // While it is away nobody can hurry it: the pauses are to grow.
      this.#wake = failures === 0 || this.#stopped ? wake : () => this.#stopped && wake();
    });
  }

  #close(err: unknown): void {
    if (this.#stopped || this.#awaySince !== undefined) return;
    this.#awaySince = Date.now();
    this.#log.warn({ err }, 'The database cannot be reached');
  }

  #open(): void {
    if (this.#awaySince === undefined) return;
    this.#log.warn({ away_ms: Date.now() - this.#awaySince }, 'The database can be reached again');
    this.#awaySince = undefined;
  }
}
