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
  ['null', 'Null'],
  ['true', 'false'],
  ['yes', 'no'],
  ['0x1F', '31'],
  ['0o17', '15'],
  ['1_000', '1000'],
  ['2025-01-15', '12345678901234567890'],
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

it.each(['01', '1e3', 'null', 'yes', 'true', '0x1F', '-0'])('an alias to %s names it, too', async (code) => {
  const text = changing(code, 'B')
    .replace('event: task_started', `event: task_started, metadata: { code: &code ${code} }`)
    .replace(`event: option_selected, option: ${code}`, 'event: option_selected, option: *code');
  expect(text).toContain('option: *code');
  expect(await run(['--quiet', await write(text)])).toMatchObject({ code: 0, complaints: '' });
});

it('what is left out is no option', () => {
  const text = changing('A', 'B').replace(
    'event: option_selected, option: A',
    'event: option_selected, option: ',
  );
  expect(parseScenarios('codes', text).errors).toEqual([
    expect.objectContaining({ line: 8, field: 'steps[2].option', message: 'must be text, not null' }),
  ]);
});

it('numbers elsewhere stay numbers', () => {
  const [scenario] = parseScenarios('codes', changing('01', '02')).scenarios;
  expect(scenario?.steps[1]).toMatchObject({ option: '02', duration_ms: 100, payload: { option: 7 } });
});

it('an option that only looks alike is another one', async () => {
  const { code, complaints } = await run([
    await write(changing('01', '02').replace('option: 01 ', 'option: 1 ')),
  ]);
  expect(code).toBe(2);
  expect(complaints).toContain('8:50 steps[2].option: must be an option of the task (01, 02), not "1"');
});
