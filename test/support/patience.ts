/**
 * Milliseconds that a test waits for something before it calls it missing. Far longer than anything takes, because
 * a machine may have much else to do; how fast the product is, `npm run bench` says. A test itself may take twice as
 * long, so that it fails by what was missing and not by its own time-out.
 */
export const PATIENCE_MS = 60_000;
