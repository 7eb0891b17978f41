import type { MongoClient } from 'mongodb';
import { ANSWER_MS, answered } from './answered.ts';

/**
 * The client in use. Where the driver gets stuck (its monitor of a server may hang as any call may, see `answered`,
 * and no call finds a server then until the process ends), a second client takes the first one's place.
 */
export class ReplaceableClient {
  readonly #create: () => MongoClient;
  readonly #retired = new Map<MongoClient, NodeJS.Timeout>();
  #current: MongoClient;

  private constructor(create: () => MongoClient, first: MongoClient) {
    this.#create = create;
    this.#current = first;
  }

  /** @throws MongoServerSelectionError when nothing answers. */
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
   * Puts a new client in the place of the one in use, but only once it has answered. What is still under way with
   * the old one may end first: its connections are not cut before everybody has given up waiting for them.
   * @throws the database's error or `NoAnswer`; the client in use is then still the same.
   */
  async replace(): Promise<void> {
    const second = this.#create();
    try {
      await answered(second.connect());
      await answered(second.db('admin').command({ ping: 1 }));
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
    // It says good-bye to a server that may not listen any more.
    await answered(this.#current.close()).catch(() => undefined);
  }

  #end(old: MongoClient): void {
    clearTimeout(this.#retired.get(old));
    this.#retired.delete(old);
    end(old);
  }
}

/** In the background: a client that is stuck may never finish closing. */
function end(client: MongoClient): void {
  void client.close().catch(() => undefined);
}
