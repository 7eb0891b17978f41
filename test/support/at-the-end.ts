import { afterAll, onTestFinished, TestRunner } from 'vitest';

/** Runs `end` when the test that is running is over, or, outside of one, when the file (or `describe`) is. */
export function atTheEnd(end: () => unknown): void {
  if (TestRunner.getCurrentTest()) onTestFinished(async () => void (await end()));
  else afterAll(async () => void (await end()));
}
