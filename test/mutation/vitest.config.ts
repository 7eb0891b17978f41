import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** The tests that need no database: mutation testing runs them hundreds of times. */
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: [
      'test/machines/attempt-machine-structure.test.ts',
      'test/machines/attempt-machine.test.ts',
      'test/machines/computing.test.ts',
      'test/machines/published.test.ts',
      'test/machines/reasoning.test.ts',
      'test/attempts/decide*.test.ts',
      'test/results/**/*.test.ts',
    ],
  },
});
