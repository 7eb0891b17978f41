import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { PATIENCE_MS } from '../support/patience.ts';

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/faults/**/*.faults.ts'],
    globalSetup: ['test/faults/summary.ts'],
    setupFiles: ['test/support/quiet.ts'],
    testTimeout: 3 * PATIENCE_MS,
    hookTimeout: 2 * PATIENCE_MS,
    // Each file brings processes of its own, and what is measured is time: more at once would only measure that.
    maxWorkers: 2,
    // A machine that is busy with something else may starve one test; one that fails twice is broken.
    retry: process.env['CI'] ? 1 : 0,
  },
});
