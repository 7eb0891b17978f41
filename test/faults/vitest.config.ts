import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/faults/**/*.faults.ts'],
    globalSetup: ['test/faults/summary.ts'],
    testTimeout: 90_000,
    hookTimeout: 60_000,
    // Each file brings processes of its own, and what is measured is time: more at once would only measure that.
    maxWorkers: 2,
    // A machine that is busy with something else may starve one test; one that fails twice is broken.
    retry: process.env['CI'] ? 1 : 0,
  },
});
