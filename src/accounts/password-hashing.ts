import { availableParallelism } from 'node:os';
import { requestTimeout } from '../errors.ts';
import type { Client } from '../http/client-address.ts';
import { FairTurns, LOOK_UPS } from '../http/fair-turns.ts';

/**
 * Hashing may take half of the processors, never more, so that events are stored as fast as ever meanwhile. One
 * processor makes about 40 hashes a second: a class of 300 recruiters who log in at once is served in 8 s, and somebody
 * in another network waits for one hash of each network that hashes at the moment.
 */
const HASHING = {
  atOnce: Math.max(1, Math.floor(availableParallelism() / 2)),
  atOncePerClient: 1,
  waitingPerClient: 400,
  waiting: 1000,
  longestWaitMs: 18_000,
};

/** The one queue for everything that hashes a password for a request. */
export class PasswordHashing {
  readonly #turns = new FairTurns(HASHING);
  readonly #lookUps = new FairTurns(LOOK_UPS);

  /** Finds what a password is compared with, so that a flood of log-ins does not fill the database's queues. */
  lookUp<T>(client: Client, find: () => Promise<T>): Promise<T> {
    return this.#lookUps.run(client.networks[0] ?? '', find);
  }

  /**
   * Hashes when it is the client's turn.
   * @throws Refusal 429 or 503 if too many wait or this one has waited too long; 408, which reaches nobody, if the client
   * has left meanwhile
   */
  run<T>(client: Client, work: () => Promise<T>): Promise<T> {
    return this.#turns.run(client.networks[0] ?? '', () => {
      if (client.hasLeft()) throw requestTimeout('The connection was closed before it was this turn.');
      return work();
    });
  }
}
