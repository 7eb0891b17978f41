import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** File to which each hostile test adds a line about what the honest candidate saw. */
    seen: string;
  }
}

/** Prints at the end what the honest candidates saw. */
export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'hostile-'));
  const file = join(folder, 'seen');
  writeFileSync(file, '');
  project.provide('seen', file);
  return () => {
    console.log(readFileSync(file, 'utf8').trimEnd());
    rmSync(folder, { recursive: true });
  };
}
