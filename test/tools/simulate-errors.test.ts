import { describe, expect, it } from 'vitest';
import { GOOD, run, scenarioFolder } from './simulate-cases.ts';

const write = scenarioFolder();

/** `GOOD` with one line replaced, counted from 1. */
function withLine(line: number, text: string): string {
  return GOOD.split('\n')
    .map((old, index) => (index + 1 === line ? text : old))
    .join('\n');
}

/** What is wrong with a file: exit code and complaints, without the name of the folder. */
async function complaintsAbout(text: string) {
  const file = await write(text);
  const { code, complaints } = await run([file]);
  expect(code).toBe(2);
  return complaints
    .trim()
    .split('\n')
    .map((line) => line.replace(file, 'case.yaml'));
}

describe('a file with an error is told where and what, and ends with 2', () => {
  it.each<[string, string, string[]]>([
    [
      'bad YAML',
      withLine(4, '  options: { A: low, B: high'),
      ['case.yaml:5:1 is not YAML: Flow map in block collection must be'],
    ],
    [
      'a key written twice',
      withLine(8, '    at: 5000'),
      ['case.yaml:8:5 is not YAML: Map keys must be unique'],
    ],
    ['an alias to nothing', withLine(9, '    option: *who'), ['case.yaml:1:1 is not YAML: Unresolved alias']],
    [
      'an unknown field',
      withLine(9, '    option: A\n    optoin: B'),
      ['case.yaml:10:5 steps[1].optoin: is not a field here; the fields are event, option, at'],
    ],
    [
      'a wrong type',
      withLine(3, '  requires_reasoning: perhaps'),
      ['case.yaml:3:23 task.requires_reasoning: must be true or false, not "perhaps"'],
    ],
    [
      'a time that is none',
      withLine(7, '  - at: soon'),
      [
        'case.yaml:7:9 steps[1].at: must be whole milliseconds (41000) or a duration such as 41s, 1.5min or 24h, not "soon"',
      ],
    ],
    [
      'half a millisecond',
      withLine(7, '  - at: 0.5ms'),
      ['case.yaml:7:9 steps[1].at: must be whole milliseconds'],
    ],
    [
      'a time before the beginning',
      withLine(7, '  - at: -1'),
      ['case.yaml:7:9 steps[1].at: must not be below 0'],
    ],
    [
      'an option that the task does not have',
      withLine(9, '    option: C'),
      ['case.yaml:9:13 steps[1].option: must be an option of the task (A, B), not "C"'],
    ],
    [
      'a time that goes backwards',
      withLine(10, '  - at: 3999'),
      ['case.yaml:10:9 steps[2].at: must not be earlier than the step before it, at 4000'],
    ],
    [
      'two times for one step',
      withLine(9, '    option: A\n    after: 2s'),
      ['case.yaml:10:12 steps[1].after: says again when the step happens'],
    ],
    [
      'no time at all',
      withLine(7, '  - note: whenever'),
      ['case.yaml:7:5 steps[1]: must say when it happens, with at or after'],
    ],
    [
      'an event that there is not',
      withLine(8, '    event: option_chosen'),
      ['case.yaml:8:12 steps[1].event: must be one of task_started, option_viewed, option_selected'],
    ],
    ['a field that is missing', withLine(9, '    note: x'), ['case.yaml:7:5 steps[1].option: is required']],
    [
      'a risk that there is not',
      withLine(4, '  options: { A: low, B: enormous }'),
      ['case.yaml:4:25 task.options.B: must be low, medium, high, not "enormous"'],
    ],
    [
      'too few options',
      withLine(4, '  options: { A: low }'),
      ['case.yaml:4:12 task.options: must be 2 to 12'],
    ],
    [
      'an outcome that there is not',
      withLine(9, '    option: A\n    expect: fine'),
      ['case.yaml:10:13 steps[1].expect: must be accepted, repeated, refused, or fields such as'],
    ],
    [
      'a refusal that there is not',
      withLine(9, '    option: A\n    expect: { refused: impolite }'),
      ['case.yaml:10:24 steps[1].expect.refused: must be sequence_violation, validation_failed'],
    ],
    [
      'a metric that there is not',
      withLine(18, '    decision_metrics.changes: 0'),
      [
        'case.yaml:18:31 expect.metrics.decision_metrics.changes: is not a metric; the metrics are decision_metrics.decision_change_count',
      ],
    ],
    [
      'a metric of the wrong type',
      withLine(17, '      total_time_ms: long'),
      ['case.yaml:17:22 expect.metrics.time_metrics.total_time_ms: must be a number, not "long"'],
    ],
    [
      'a skill that there is not',
      withLine(19, '  skills: [DECISIVE_THINKING (strong), BRAVERY]'),
      ['case.yaml:19:40 expect.skills[1]: must be a skill, with or without (strong) or (moderate)'],
    ],
    ['nothing in it', '# nobody\n', ['case.yaml:1:1 holds no scenario']],
    ['a list instead of fields', '- person\n', ['case.yaml:1:1 must be a group of fields']],
    [
      'two errors at once',
      withLine(3, '  requires_reasoning: 1\n  hints: none'),
      [
        'case.yaml:3:23 task.requires_reasoning: must be true or false, not 1',
        'case.yaml:4:3 task.hints: is not',
      ],
    ],
  ])('%s', async (_, text, expected) => {
    const complaints = await complaintsAbout(text);
    expect(complaints.map((line, index) => line.slice(0, expected[index]?.length))).toEqual(expected);
  });

  it.each([
    [
      'no text',
      '{ event: reasoning_submitted, at: 1 }',
      '7:5 steps[1]: must give the text, or how many words',
    ],
    [
      'text and words',
      '{ event: reasoning_submitted, at: 1, text: x, words: 3 }',
      '7:58 steps[1].words: cannot be given beside text',
    ],
    [
      'keywords that do not fit in',
      '{ event: reasoning_submitted, at: 1, words: 3, keywords: 4 }',
      '7:49 steps[1].words: must be at least 4 to hold 4 different keywords',
    ],
    [
      'more keywords than there are',
      '{ event: reasoning_submitted, at: 1, words: 300, keywords: 15 }',
      '7:64 steps[1].keywords: must be at most 14',
    ],
    [
      'a batched completion of nothing in particular',
      '{ event: task_completed, at: 1, batched: true }',
      '7:5 steps[1].option: is required in a batch',
    ],
  ])('a text with %s', async (_, step, expected) => {
    const [complaint] = await complaintsAbout(GOOD.split('\n').slice(0, 6).concat(`  - ${step}`).join('\n'));
    expect(complaint?.slice(0, `case.yaml:${expected}`.length)).toBe(`case.yaml:${expected}`);
  });

  it('counts the lines of a second person from the beginning of the file, and still plays the first', async () => {
    const file = await write(`${GOOD}---\n${withLine(9, '    option: C')}`);
    const { code, output, complaints } = await run([file]);
    expect(code).toBe(2);
    expect(complaints).toContain(`${file}:29:13 steps[1].option:`);
    expect(output).toContain('1 passed, 1 error in files');
  });

  it('also when the other file is as expected, or is not', async () => {
    const empty = await write('', 'empty.yaml');
    const good = await write(GOOD);
    const wrong = await write(GOOD.replace('total_time_ms: 6000', 'total_time_ms: 6001'), 'wrong.yaml');
    expect(await run(['--quiet', good, empty])).toMatchObject({
      code: 2,
      output: expect.stringContaining('1 passed'),
    });
    expect(await run(['--quiet', empty, wrong])).toMatchObject({
      code: 2,
      output: expect.stringContaining('1 failed'),
    });
  });

  it('that cannot be read', async () => {
    const { code, complaints } = await run(['/nowhere/at-all.yaml']);
    expect({ code, complaints }).toEqual({
      code: 2,
      complaints: expect.stringContaining('/nowhere/at-all.yaml:1:1 cannot be read: ENOENT'),
    });
  });
});
