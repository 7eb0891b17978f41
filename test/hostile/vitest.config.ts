import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { PATIENCE_MS } from '../support/patience.ts';

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/hostile/**/*.hostile.ts'],
    globalSetup: ['test/hostile/summary.ts', 'test/support/engine-setup.ts'],
    setupFiles: ['test/support/quiet.ts'],
    testTimeout: 3 * PATIENCE_MS,
    hookTimeout: 2 * PATIENCE_MS,
    // Each file measures what an honest candidate sees; files running in parallel would disturb each other.
    maxWorkers: 1,
    // A busy machine may starve one test once; a test that fails twice is broken.
    retry: process.env['CI'] ? 1 : 0,
  },
});
