import { LRUCache } from 'lru-cache';
import type { Refusal } from '../errors.ts';

/** Maximum number of attempts remembered; one that is forgotten is found out about again. */
const MAX_REMEMBERED = 10_000;

/**
 * The completed attempts whose events do not fit into memory, so that nothing can be computed from them. Only attempts
 * of an early release can be like that, when they had no bound. They are remembered, so that nobody tries again.
 */
export class TooLargeAttempts {
  readonly #refusals = new LRUCache<string, Refusal>({ max: MAX_REMEMBERED });

  add(attempt_id: string, refusal: Refusal): void {
    this.#refusals.set(attempt_id, refusal);
  }

  /** Why this attempt has no results; undefined if it is not one of these. */
  find(attempt_id: string): Refusal | undefined {
    return this.#refusals.get(attempt_id);
  }
}
