import { afterAll, afterEach, beforeAll, expect } from 'vitest';

/*
 * A setup file: a test fails if it prints anything, because many warnings that nobody reads hide the one that matters.
 * A test that expects output has to check it (`vi.spyOn(console, …)`).
 */

const printed: string[] = [];

for (const method of ['debug', 'error', 'info', 'log', 'warn'] as const) {
  const print = console[method].bind(console);
  console[method] = (...values: unknown[]) => {
    printed.push(`console.${method}: ${values.map(String).join(' ')}`);
    print(...values);
  };
}
process.on('warning', (warning) => printed.push(String(warning)));

function expectNothingPrinted(): void {
  expect(printed.splice(0), 'nothing is printed by tests').toEqual([]);
}

// Output while a file is loading is for people, for example that there is no browser.
beforeAll(() => void printed.splice(0));
afterEach(expectNothingPrinted);
afterAll(expectNothingPrinted);
