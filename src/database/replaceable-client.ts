import type { MongoClient } from 'mongodb';
import { ANSWER_MS, awaitAnswer } from './await-answer.ts';

/** Failed pings in a row after which the client is replaced. */
const FAILURES_BEFORE_REPLACING = 3;
/** Milliseconds for which calls on a replaced client may still go on: longer than all batches of a cursor may take. */
const RETIREMENT_MS = 5 * ANSWER_MS;

/**
 * Holds the current client and replaces it when it seems stuck. The driver's monitor of a server can hang like any
 * other call (see `awaitAnswer`), and then no call finds a server until the process ends. A new client solves that.
 */
export class ReplaceableClient {
  readonly #create: () => MongoClient;
  readonly #retired = new Map<MongoClient, NodeJS.Timeout>();
  #current: MongoClient;
  #isClosed = false;
  /** The ping under way. */
  #ping: Promise<void> | undefined;
  /** Failed pings in a row. */
  #failures = 0;

  private constructor(create: () => MongoClient, first: MongoClient) {
    this.#create = create;
    this.#current = first;
  }

  /** @throws MongoServerSelectionError if nothing answers. */
  static async connect(create: () => MongoClient): Promise<ReplaceableClient> {
    const first = create();
    try {
      await first.connect();
    } catch (error) {
      end(first);
      throw error;
    }
    return new ReplaceableClient(create, first);
  }

  get current(): MongoClient {
    return this.#current;
  }

  /**
   * Pings the server on this client. After three failures in a row the client is replaced, and the ping succeeds if the
   * new client gets an answer. Simultaneous calls share one ping.
   * @throws the database's error, or `NoAnswer` after `patienceMs`
   */
  ping(patienceMs: number): Promise<void> {
    this.#ping ??= this.#pingOrReplace(patienceMs).finally(() => {
      this.#ping = undefined;
    });
    return this.#ping;
  }

  async #pingOrReplace(patienceMs: number): Promise<void> {
    try {
      await awaitAnswer(pingOf(this.#current), patienceMs);
    } catch (error) {
      this.#failures += 1;
      if (this.#failures < FAILURES_BEFORE_REPLACING || this.#isClosed) throw error;
      await this.#replace();
    }
    this.#failures = 0;
  }

  /**
   * Replaces the client by a new one, once the new one has got an answer. Calls on the old client may still finish: it
   * is closed only after their time limit has passed.
   * @throws the database's error or `NoAnswer`; the client is then unchanged.
   */
  async #replace(): Promise<void> {
    const second = this.#create();
    try {
      await awaitAnswer(second.connect());
      await awaitAnswer(pingOf(second));
      if (this.#isClosed) throw new Error('The database was closed.');
    } catch (error) {
      end(second);
      throw error;
    }
    const old = this.#current;
    this.#current = second;
    const timer = setTimeout(() => this.#end(old), RETIREMENT_MS);
    this.#retired.set(old, timer);
  }

  /** Resolves within 3 s. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const old of [...this.#retired.keys()]) this.#end(old);
    // Closing sends a last message to the server, which may no longer answer.
    await awaitAnswer(this.#current.close()).catch(() => undefined);
  }

  #end(old: MongoClient): void {
    clearTimeout(this.#retired.get(old));
    this.#retired.delete(old);
    end(old);
  }
}

const pingOf = (client: MongoClient): Promise<unknown> => client.db('admin').command({ ping: 1 });

/** Closes a client in the background, because a stuck client may never finish closing. */
function end(client: MongoClient): void {
  void client.close().catch(() => undefined);
}
