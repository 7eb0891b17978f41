import { afterEach, expect, it, vi } from 'vitest';
import { scenarioFolder } from './simulate-cases.ts';

const write = scenarioFolder();
const { columns } = process.stdout;
afterEach(() => {
  process.stdout.columns = columns;
});

const LONG = 'L'.repeat(50);
const LONGER = 'M'.repeat(50);
/** Names as long as they may be, in a script whose characters take two columns each, and without blanks. */
const SCENARIO = `person: ${'語'.repeat(70)}
task: { requires_reasoning: false, options: { ${LONG}: low, ${LONGER}: high } }
steps:
  - { at: 0, event: task_started }
  - { at: 4000, event: option_selected, option: ${LONG}, note: ${'見'.repeat(90)} }
  - { at: 5000, event: option_changed, from: ${LONG}, to: ${LONGER} }
  - { at: 6000, event: reasoning_started, expect: refused }
  - { at: 90000, event: task_completed }
`;

const widthOf = (line: string) => [...line].reduce((sum, each) => sum + (each > '\u2e80' ? 2 : 1), 0);

it.each([
  ['80 columns', 80, 80],
  ['200 columns, of which no more are used than read well', 200, 96],
  ['no terminal', 0, 96],
])('however long the names are, no line is wider than the terminal: %s', async (_, has, most) => {
  process.stdout.columns = has;
  vi.resetModules();
  const { run } = await import('./simulate-cases.ts');
  const file = await write(SCENARIO, 'a');
  const { code, output } = await run([file]);
  expect(code).toBe(0);
  // A file's path is left in one piece, for the terminal to find.
  const lines = output.split('\n').filter((line) => !line.includes(file));
  expect(lines.filter((line) => widthOf(line) > most)).toEqual([]);
  expect(Math.max(...lines.map(widthOf))).toBeGreaterThan(most - 12);
  // Nothing is lost where a name is broken.
  const unbroken = output.replaceAll(/\s/g, '');
  for (const name of ['語'.repeat(70), '見'.repeat(90), `${LONG}→${LONGER}`])
    expect(unbroken).toContain(name);
});
