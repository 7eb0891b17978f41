import { afterAll, afterEach, beforeAll, expect } from 'vitest';

/*
 * A setup file: whatever a test prints fails it. Warnings that nobody reads hide the one that matters, so a test that
 * expects something to be printed has to look at it instead (`vi.spyOn(console, …)`).
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

// What the loading of a file prints is for people: that there is no browser, for example.
beforeAll(() => void printed.splice(0));
afterEach(expectNothingPrinted);
afterAll(expectNothingPrinted);
