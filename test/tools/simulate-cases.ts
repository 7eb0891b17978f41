import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { runSimulate } from '../../src/tools/commands/simulate.ts';
import { plain } from '../../src/tools/terminal.ts';

/** A scenario that meets all its expectations; its lines are counted in the tests. */
export const GOOD = `person: Ann decides
task:
  requires_reasoning: false
  options: { A: low, B: high }
steps:
  - { at: 0, event: task_started }
  - at: 4000
    event: option_selected
    option: A
  - at: 6000
    event: task_completed
    option: A
expect:
  state: locked
  metrics:
    time_metrics:
      total_time_ms: 6000
    decision_metrics.decision_change_count: 0
  skills: [DECISIVE_THINKING (strong), RISK_AVERSE]
`;

let folder: string;

/** Makes a folder for the file's scenarios. @returns how to put one there; it gives the path. */
export function scenarioFolder(): (text: string, name?: string) => Promise<string> {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'simulate-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return async (text, name = 'case.yaml') => {
    const file = join(folder, name);
    await writeFile(file, text);
    return file;
  };
}

/** Runs the command with its output captured. */
export async function run(args: string[], env: Record<string, string> = {}) {
  let output = '';
  let complaints = '';
  const code = await runSimulate(args, {
    env,
    print: (line) => {
      output += `${line}\n`;
    },
    printError: (line) => {
      complaints += `${line}\n`;
    },
    paint: plain,
    signal: new AbortController().signal,
  });
  return { code, output, complaints };
}
