import type { MongoClient } from 'mongodb';
import { ANSWER_MS, awaitAnswer } from './answered.ts';

/**
 * Holds the current client and can replace it. The driver may get stuck: its monitor of a server can hang like any
 * other call (see `awaitAnswer`), and then no call finds a server until the process ends. A new client solves that.
 */
export class ReplaceableClient {
  readonly #create: () => MongoClient;
  readonly #retired = new Map<MongoClient, NodeJS.Timeout>();
  #current: MongoClient;

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
   * Replaces the client by a new one, once the new one has got an answer. Calls on the old client may still finish: it
   * is closed only after the time limit of every call has passed.
   * @throws the database's error or `NoAnswer`; the client is then unchanged.
   */
  async replace(): Promise<void> {
    const second = this.#create();
    try {
      await awaitAnswer(second.connect());
      await awaitAnswer(second.db('admin').command({ ping: 1 }));
    } catch (error) {
      end(second);
      throw error;
    }
    const old = this.#current;
    this.#current = second;
    const timer = setTimeout(() => this.#end(old), 2 * ANSWER_MS);
    this.#retired.set(old, timer);
  }

  /** Resolves within 3 s. */
  async close(): Promise<void> {
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

/** Closes a client in the background, because a stuck client may never finish closing. */
function end(client: MongoClient): void {
  void client.close().catch(() => undefined);
}
