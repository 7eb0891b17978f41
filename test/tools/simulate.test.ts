import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { GOOD, run, scenarioFolder } from './simulate-cases.ts';

const write = scenarioFolder();

describe('a scenario that is as expected', () => {
  it('is told as a timeline and ends with 0', async () => {
    const { code, output, complaints } = await run([await write(GOOD)]);
    expect({ code, complaints }).toEqual({ code: 0, complaints: '' });
    expect(output).toContain('Ann decides\n');
    expect(output).toContain(
      [
        '     0.000 s  #1   task_started                        accepted  active (undecided, not_started)',
        '     4.000 s  #2   option_selected      A              accepted  active (decided, not_started)',
        '     6.000 s  #3   task_completed       A              accepted  locked',
      ].join('\n'),
    );
    expect(output).toMatch(/time_metrics\.total_time_ms +6000 \(6 s\)\n/);
    expect(output).toContain(
      'Decisive Thinker, strong confidence [DECISIVE_THINKING], limited reliability\n      - The first option was selected 4 s',
    );
    expect(output).toContain('The candidate completed the task in 6 seconds');
    expect(output).toMatch(/ {2}as expected\n\n1 passed\n$/);
  });

  it('is only counted when quiet', async () => {
    expect(await run(['--quiet', await write(GOOD)])).toEqual({
      code: 0,
      output: '1 passed\n',
      complaints: '',
    });
  });

  it('gives programs the same report each time', async () => {
    const file = await write(GOOD);
    const first = JSON.parse((await run(['--json', file])).output);
    expect(JSON.parse((await run([file, '--json'])).output)).toEqual(first);
    expect(first).toMatchObject({ passed: true, errors: [] });
    const [scenario] = first.scenarios;
    expect(scenario).toMatchObject({
      file,
      person: 'Ann decides',
      outcome: 'passed',
      state: 'locked',
      status: 'completed',
      metrics: {
        'time_metrics.total_time_ms': 6000,
        quality_flags: ['no_option_viewed', 'final_option_not_viewed'],
      },
      behavioral_summary: {
        decision_style: 'decisive',
        risk_profile: 'risk_averse',
        reasoning_style: 'none',
      },
      differences: [],
    });
    expect(scenario.steps).toEqual([
      {
        ...{ at: 0, sent_at: 0, event: 'task_started', says: '', outcome: 'accepted', sequence_number: 1 },
        state: { active: { decision: 'undecided', reasoning: 'not_started' } },
      },
      {
        ...{ at: 4000, sent_at: 4000, event: 'option_selected', says: 'A', outcome: 'accepted' },
        ...{ sequence_number: 2, state: { active: { decision: 'decided', reasoning: 'not_started' } } },
      },
      {
        ...{ at: 6000, sent_at: 6000, event: 'task_completed', says: 'A', outcome: 'accepted' },
        ...{ sequence_number: 3, state: 'locked' },
      },
    ]);
  });
});

describe('an unmet expectation is told with its place, and ends with 1', () => {
  it.each<[string, (text: string) => string, string]>([
    ['state', (t) => t.replace('locked', 'active'), '14:10 expect.state: expected "active", actual "locked"'],
    [
      'nested metric',
      (t) => t.replace('total_time_ms: 6000', 'total_time_ms: 6001'),
      '17:22 expect.metrics.time_metrics.total_time_ms: expected 6001, actual 6000',
    ],
    [
      'dotted metric',
      (t) => t.replace('change_count: 0', 'change_count: 2'),
      '18:45 expect.metrics.decision_metrics.decision_change_count: expected 2, actual 0',
    ],
    [
      'skills',
      (t) => t.replace('RISK_AVERSE', 'RISK_NEUTRAL'),
      '19:11 expect.skills: expected ["DECISIVE_THINKING (strong)","RISK_NEUTRAL"], actual ["DECISIVE_THINKING (strong but limited)","RISK_AVERSE (moderate but limited)"]',
    ],
    [
      'the confidence of a skill',
      (t) => t.replace('(strong)', '(moderate)'),
      '19:11 expect.skills: expected ["DECISIVE_THINKING (moderate)","RISK_AVERSE"], actual',
    ],
    ['a skill too few', (t) => t.replace(', RISK_AVERSE', ''), '19:11 expect.skills: expected ["DECISIVE'],
    [
      'summary',
      (t) => `${t}  summary: { decision_style: analytical }\n`,
      '20:30 expect.summary.decision_style: expected "analytical", actual "decisive"',
    ],
    [
      'status',
      (t) => `${t}  status: expired\n`,
      '20:11 expect.status: expected "expired", actual "completed"',
    ],
    [
      'notes',
      (t) => `${t}  notes: [7 seconds]\n`,
      '20:11 expect.notes[0]: expected "7 seconds", actual "The',
    ],
    [
      'an event that should be refused',
      (t) => t.replace('    option: A\n', '    option: A\n    expect: refused\n'),
      '10:13 steps[1].expect: expected "refused", actual "accepted"',
    ],
    [
      'an event that should be refused otherwise',
      (t) => t.replace('event: task_started', 'event: task_abandoned, expect: { refused: attempt_locked }'),
      '6:56 steps[0].expect.refused: expected "attempt_locked", actual "refused: sequence_violation (The attempt has not',
    ],
    [
      'an event that should be accepted',
      (t) => t.replace('event: task_started', 'event: task_abandoned'),
      '6:5 steps[0].expect: expected "accepted", actual "refused: sequence_violation',
    ],
    [
      'the state after a step',
      (t) =>
        t.replace(
          '    option: A\n',
          '    option: A\n    expect: { state: { active: { decision: undecided } } }\n',
        ),
      '10:22 steps[1].expect.state: expected {"active":{"decision":"undecided"}}, actual {"active":{"decision":"decided"',
    ],
    [
      'what is allowed',
      (t) => t.replace('event: task_started', 'event: task_started, expect: { allowed: [task_started] }'),
      '6:54 steps[0].expect.allowed: expected ["task_started"], actual ["option_viewed","option_selected"',
    ],
    [
      'which fields are wrong',
      (t) =>
        t.replace(
          '    option: A\n',
          '    option: A\n    payload: { option_id: x }\n    expect: { refused: validation_failed, fields: [] }\n',
        ),
      '11:51 steps[1].expect.fields: expected [], actual ["payload.option_id"]',
    ],
    [
      'results that are not there',
      (t) =>
        t.replace(
          'at: 6000\n    event: task_completed\n    option: A',
          'at: 6000\n    event: task_abandoned',
        ),
      '16:22 expect.metrics.time_metrics.total_time_ms: expected 6000, actual "no results',
    ],
  ])('%s', async (_, change, expected) => {
    const file = await write(change(GOOD));
    const { code, output, complaints } = await run([file]);
    expect({ code, complaints }).toEqual({ code: 1, complaints: '' });
    expect(output).toContain(`    ${file}:${expected}`);
    expect(output).toContain(`1 failed\n  failed: Ann decides (${file})`);
  });

  it('and programs get it in parts', async () => {
    const file = await write(GOOD.replace('total_time_ms: 6000', 'total_time_ms: 6001'));
    const { code, output } = await run(['--json', file]);
    expect(code).toBe(1);
    const report = JSON.parse(output);
    expect(report).toMatchObject({ passed: false, scenarios: [{ outcome: 'failed' }] });
    const field = 'expect.metrics.time_metrics.total_time_ms';
    expect(report.scenarios[0].differences).toEqual([
      { line: 17, column: 22, field, expected: 6001, actual: 6000 },
    ]);
  });
});

describe('the command line', () => {
  it.each([
    [['--nonsense', 'a.yaml'], "Unknown option '--nonsense'"],
    [[], 'Name at least one scenario file.'],
    [['--server', 'here', 'a.yaml'], '--server takes an address'],
    [['--server', 'http://127.0.0.1:1', 'a.yaml'], '--server needs --email and --password'],
    [['--tolerance', 'much', 'a.yaml'], '--tolerance takes milliseconds.'],
    [['--tolerance', '', 'a.yaml'], '--tolerance takes milliseconds. Give a number such as 500, not ""'],
    [['--tolerance', ' ', 'a.yaml'], '--tolerance takes milliseconds.'],
    [['--tolerance', '0x10', 'a.yaml'], '--tolerance takes milliseconds.'],
  ])('%j is explained and ends with 2', async (args, expected) => {
    const { code, output, complaints } = await run(args);
    expect({ code, output }).toEqual({ code: 2, output: '' });
    expect(complaints).toContain(expected);
    expect(complaints).toContain('npm run simulate -- FILE');
  });

  it('helps', async () => {
    expect(await run(['--help'])).toMatchObject({ code: 0, output: expect.stringContaining('--json') });
  });

  it('says which server it does not reach, and ends with 2', async () => {
    const url = 'http://127.0.0.1:1';
    const { code, complaints } = await run(['--server', url, await write(GOOD)], {
      SIMULATE_EMAIL: 'a@example.com',
      SIMULATE_PASSWORD: 'secret',
    });
    expect({ code, complaints }).toEqual({ code: 2, complaints: expect.stringContaining(`at ${url}`) });
  });

  it('gives its exit code to the shell', async () => {
    const file = await write(GOOD.replace('total_time_ms: 6000', 'total_time_ms: 6001'));
    const command = ['--import', 'tsx', 'src/tools/simulate.ts', '--quiet', file];
    const ended = await promisify(execFile)(process.execPath, command).catch((error) => error);
    expect(ended).toMatchObject({ code: 1, stdout: expect.stringContaining('expected 6001, actual 6000') });
  });
});

it('plays a working day in no time', async () => {
  const steps = Array.from({ length: 480 }, (_, n) => {
    return `  - { after: 1min, event: option_viewed, option: ${n % 2 ? 'A' : 'B'}, duration_ms: 9 }`;
  });
  const [beginning = ''] = GOOD.split('expect:');
  const file = await write(
    beginning
      .replace('  - at: 4000', [...steps, '  - after: 10'].join('\n'))
      .replace('at: 6000', 'after: 10'),
  );
  const { user: before } = process.cpuUsage();
  expect(await run(['--quiet', file])).toEqual({ code: 0, output: '1 passed\n', complaints: '' });
  // Of the processor's time, because a machine that is busy with other things says nothing of this.
  expect(process.cpuUsage().user - before).toBeLessThan(2_000_000);
});
