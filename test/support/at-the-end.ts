import { afterAll, onTestFinished, TestRunner } from 'vitest';

/** Runs `end` after the current test or, outside of a test, after the file (or `describe`). */
export function atTheEnd(end: () => unknown): void {
  if (TestRunner.getCurrentTest()) onTestFinished(async () => void (await end()));
  else afterAll(async () => void (await end()));
}
