/**
 * Milliseconds that a test waits for something before it fails. Far longer than anything takes, because the machine may
 * be busy; `npm run bench` measures how fast the product is. A whole test may take twice as long, so that it fails with
 * what was missing and not with its own time-out.
 */
export const PATIENCE_MS = 60_000;
