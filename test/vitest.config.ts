import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/engine-setup.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // By default one core would be left idle for a watching developer.
    maxWorkers: 2,
    // A machine that is busy with something else may starve one test; one that fails twice is broken.
    retry: process.env['CI'] ? 1 : 0,
  },
});
