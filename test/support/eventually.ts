import { vi } from 'vitest';
import { PATIENCE_MS } from './patience.ts';

/**
 * Repeats `look` until it no longer throws; a failed expectation means "not yet".
 * @returns what `look` returns.
 * @throws the last error of `look` after `withinMs` milliseconds.
 */
export function eventually<T>(
  look: () => T | Promise<T>,
  { withinMs = PATIENCE_MS, everyMs = 10 } = {},
): Promise<T> {
  return vi.waitFor(look, { timeout: withinMs, interval: everyMs });
}
