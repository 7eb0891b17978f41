import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import { databaseUnavailable } from '../errors.ts';
import { isUnavailable } from './errors.ts';

/** Milliseconds between two tries to reach a database that is away. */
const PROBE_INTERVAL_MS = 200;

/**
 * Knows whether the database can be reached. The first operation that finds it away has to wait for a time-out;
 * until a probe gets through again all others are refused at once, so that nobody queues behind time-outs.
 */
export class Availability {
  readonly #ping: () => Promise<unknown>;
  readonly #reconnect: () => Promise<unknown>;
  readonly #log: Logger;
  #probing: Promise<void> | undefined;
  #stopped = false;

  /**
   * @param ping the probe
   * @param reconnect begins anew with connections of which none can be stuck; may reject
   */
  constructor(ping: () => Promise<unknown>, reconnect: () => Promise<unknown>, log: Logger) {
    this.#ping = ping;
    this.#reconnect = reconnect;
    this.#log = log;
  }

  get isAway(): boolean {
    return this.#probing !== undefined;
  }

  /**
   * Runs an operation while the database is there.
   * @throws Refusal 503 `database_unavailable` at once while it is away, or when the operation finds it so; its
   * outcome is unknown in the second case.
   */
  async run<T>(operation: () => Promise<T>): Promise<T> {
    if (this.isAway) throw databaseUnavailable();
    try {
      return await operation();
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      this.#probing ??= this.#probe(error);
      throw databaseUnavailable(error);
    }
  }

  /** Ends the probing. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#probing;
  }

  async #probe(err: unknown): Promise<void> {
    const since = Date.now();
    this.#log.warn({ err }, 'The database cannot be reached');
    while (!this.#stopped) {
      try {
        await this.#ping();
        break;
      } catch {
        await setTimeout(PROBE_INTERVAL_MS);
        // Whatever the driver believes of its connections may be why the probe did not get through.
        await this.#reconnect().catch(() => undefined);
      }
    }
    this.#probing = undefined;
    this.#log.warn({ away_ms: Date.now() - since }, 'The database can be reached again');
  }
}
