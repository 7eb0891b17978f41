import { expect, it } from 'vitest';
import { parseScenarios } from '../../src/tools/scenario/parse.ts';
import { run, scenarioFolder } from './simulate-cases.ts';

const write = scenarioFolder();

/** A person who changes from one option to the other. */
const changing = (one: string, other: string) => `person: anybody
task:
  requires_reasoning: false
  options: { ${one}: low, ${other}: high }
steps:
  - { at: 0, event: task_started }
  - { after: 1s, event: option_viewed, option: ${other}, duration_ms: 0100, payload: { option: 007 } }
  - { after: 1s, event: option_selected, option: ${one} }
  - { after: 1s, event: option_changed, from: ${one}, to: ${other} }
  - { after: 1s, event: task_completed, option: ${other} }
`;

it.each([
  ['01', '02'],
  ["'01'", '"1"'],
  ['1', '01'],
  ['0x10', '16'],
  ['1e3', '1000'],
  ['A', '2'],
])('options %s and %s are taken as they are written', async (one, other) => {
  const text = changing(one, other);
  const { scenarios, errors } = parseScenarios('codes', text);
  expect(errors).toEqual([]);
  const codes = [one, other].map((code) => code.replaceAll(/['"]/g, ''));
  expect(new Set(Object.keys(scenarios[0]?.task.options ?? {}))).toEqual(new Set(codes));
  expect(await run(['--quiet', await write(text)])).toEqual({
    code: 0,
    output: '1 passed\n',
    complaints: '',
  });
});

it('numbers elsewhere stay numbers', () => {
  const [scenario] = parseScenarios('codes', changing('01', '02')).scenarios;
  expect(scenario?.steps[1]).toMatchObject({ option: '02', duration_ms: 100, payload: { option: 7 } });
});

it('an option that only looks alike is another one', async () => {
  const { code, complaints } = await run([
    await write(changing('01', '02').replace('option: 01 ', 'option: 1 ')),
  ]);
  expect(code).toBe(1);
  expect(complaints).toContain('8:50 steps[2].option: must be an option of the task (01, 02), not "1"');
});
