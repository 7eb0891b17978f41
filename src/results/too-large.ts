import { LRUCache } from 'lru-cache';

/** Maximum number of attempts remembered; one that is forgotten is found out about again. */
const MAX_REMEMBERED = 10_000;

/**
 * The completed attempts whose events do not fit into memory, so that nothing can be computed from them. Only attempts
 * of an early release can be like that, when they had no bound. They are remembered, so that nobody tries again.
 */
export class TooLargeAttempts {
  readonly #attempts = new LRUCache<string, true>({ max: MAX_REMEMBERED });

  add(attempt_id: string): void {
    this.#attempts.set(attempt_id, true);
  }

  has(attempt_id: string): boolean {
    return this.#attempts.has(attempt_id);
  }
}
