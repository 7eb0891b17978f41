import { beforeAll, describe, expect, it } from 'vitest';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import { play } from '../../src/tools/player/play.ts';
import { type ServerStage, serverStage } from '../../src/tools/player/server-stage.ts';
import { ensureTask } from '../../src/tools/player/staff.ts';
import { parseScenarios } from '../../src/tools/scenario/parse.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { run, scenarioFolder } from './simulate-cases.ts';

/** Two batches of the same moment, one of which ends with a refusal after its first event. */
const PERSON = `person: Tess was offline
task: { requires_reasoning: true, options: { A: low, B: medium, C: high } }
steps:
  - { at: 0, event: task_started }
  - { at: 20, event: option_viewed, option: C, duration_ms: 15 }
  - { at: 40, event: option_selected, option: A, batch: one }
  - { at: 40, event: option_changed, from: A, to: B, batch: one }
  - { at: 50, event: option_viewed, option: B, duration_ms: 5, client_event_id: view, batch: two }
  - { at: 50, event: task_started, batch: two, expect: { refused: sequence_violation } }
  - { at: 60, event: task_abandoned }
  - { at: 80, event: reasoning_started }
  - { at: 90, event: reasoning_submitted, words: 40, keywords: 5 }
  - { at: 95, event: task_completed }
`;

type Answer = Record<string, unknown>;
/** What the server answers about one attempt. */
interface Export {
  task: Answer;
  attempt: Answer;
  pages: { events: Answer[]; next_after: number | null }[];
  metrics: Answer;
  skills: Answer;
}

let server: TestServer;
let exported: Export;
const write = scenarioFolder();
beforeAll(async () => {
  server = await startTestServer();
  exported = await exportOf(await playPerson());
});

async function playPerson(): Promise<ServerStage> {
  const [scenario] = parseScenarios('person', PERSON).scenarios;
  if (!scenario) throw new Error('The scenario has errors.');
  const stage = await serverStage(server.admin, await ensureTask(server.admin, scenario.task));
  await play(scenario, stage);
  return stage;
}

async function exportOf({ attempt_id }: ServerStage): Promise<Export> {
  const get = (path: string) => server.admin.call<Answer>('GET', path);
  const attempt = await get(`/attempts/${attempt_id}`);
  const pages: Export['pages'] = [];
  for (let after: number | null = 0; after !== null; after = pages.at(-1)?.next_after ?? null) {
    pages.push(
      (await get(`/attempts/${attempt_id}/events?limit=3&after=${after}`)) as unknown as Export['pages'][0],
    );
  }
  const metrics = await get(`/attempts/${attempt_id}/metrics`);
  const skills = await get(`/attempts/${attempt_id}/skills?explain=true`);
  return { task: await get(`/tasks/${attempt['task_id']}`), attempt, pages, metrics, skills };
}

const linesOf = ({ task, attempt, pages, metrics, skills }: Export): unknown[] => [
  task,
  attempt,
  ...pages,
  metrics,
  skills,
];
/** As they are told; how decisive somebody is depends on how busy the computer is. */
const conclusions = () =>
  Object.values(exported.skills['behavioral_summary'] as Record<string, string>)
    .join(', ')
    .replaceAll('_', ' ');
const eventsOf = ({ pages }: Export) => pages.flatMap(({ events }) => events);
const logOf = (lines: readonly unknown[]) => `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`;

/** Plays a log of these lines, the file's name and the attempt's id left out of what is told. */
async function playLog(lines: readonly unknown[], ...options: string[]) {
  const file = await write(logOf(lines), 'attempts.jsonl');
  const { code, output, complaints } = await run(['--log', file, ...options]);
  const plain = (text: string) =>
    text.replaceAll(file, 'attempts.jsonl').replaceAll(String(exported.attempt['attempt_id']), 'ID').trim();
  return { code, output: plain(output), complaints: plain(complaints) };
}

/** A copy in which a change was made. */
function edited(change: (copy: Export) => void): Export {
  const copy = structuredClone(exported);
  change(copy);
  return copy;
}

/** As another attempt's, with ids that end otherwise. */
const asAnother = (of: Export, ending: string): Export =>
  JSON.parse(
    JSON.stringify(of).replaceAll(
      String(of.attempt['attempt_id']),
      String(of.attempt['attempt_id']).slice(0, -2) + ending,
    ),
  );

describe('an attempt exported from a server', () => {
  it('comes out as it was recorded, with its batches, however its answers are written down', async () => {
    expect(eventsOf(exported).map(({ batched }) => batched === true)).toEqual([
      false,
      false,
      true,
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
    const told = `as recorded  ID  9 events  ${conclusions()}\n1 as recorded`;
    const { task, attempt, metrics, skills } = exported;
    for (const lines of [
      linesOf(exported),
      [{ ...task, attempt, events: eventsOf(exported), metrics, skills }],
      [attempt, task['task'], ...eventsOf(exported), '', skills, metrics].filter((line) => line !== ''),
    ]) {
      expect(await playLog(lines)).toEqual({ code: 0, output: told, complaints: '' });
    }
  });

  it('gives programs the results as the server answered them', async () => {
    const { code, output } = await playLog(linesOf(exported), '--json');
    expect(code).toBe(0);
    const replayed = JSON.parse(output);
    expect(replayed).toMatchObject({
      attempt_id: 'ID',
      outcome: 'as_recorded',
      events: 9,
      discrepancies: [],
    });
    expect({ ...exported.metrics, ...replayed.metrics }).toEqual(exported.metrics);
    expect({ ...exported.skills, ...replayed.skills }).toEqual(exported.skills);
  });

  it('may have its task in a file of its own', async () => {
    const [, ...lines] = linesOf(exported);
    const task = await write(JSON.stringify(exported.task, null, 2), 'task.json');
    expect(await playLog(lines, '--task', task, '--quiet')).toEqual({
      code: 0,
      output: '1 as recorded',
      complaints: '',
    });
  });

  it('without recorded results is played all the same', async () => {
    const { output, code } = await playLog([exported.task, ...exported.pages]);
    expect({ output, code }).toEqual({
      code: 0,
      output: `played       ID  9 events  ${conclusions()}\n1 played`,
    });
  });
});

describe('an edited attempt is told, and ends with 1', () => {
  const event = (copy: Export, number: number) => eventsOf(copy)[number - 1] as unknown as RecordedEvent;
  it.each<[string, (copy: Export) => void, string]>([
    [
      'a view made longer',
      (copy) => Object.assign(event(copy, 2).payload, { duration_ms: 4015 }),
      'metrics.time_metrics.active_interaction_time_ms: recorded',
    ],
    [
      'a selection of another option',
      (copy) => Object.assign(event(copy, 4).payload, { to_option_id: event(copy, 2).payload }),
      'events[3]: recorded "accepted", computed "refused: validation_failed (payload.to_option_id',
    ],
    [
      'an event of another type',
      (copy) => Object.assign(event(copy, 3), { event_type: 'task_started' }),
      'events[2]: recorded "accepted", computed "refused: sequence_violation (The attempt has already started.)"',
    ],
    [
      'a server time that goes back',
      (copy) => Object.assign(event(copy, 5), { timestamp_server: event(copy, 1).timestamp_server }),
      'events[4].timestamp_server: recorded',
    ],
    [
      'a later completion',
      (copy) => {
        const end = new Date(new Date(event(copy, 9).timestamp_server).getTime() + 60_000).toISOString();
        Object.assign(event(copy, 9), { timestamp_server: end });
      },
      'metrics.time_metrics.total_time_ms: recorded',
    ],
    [
      'an id used twice',
      (copy) => Object.assign(event(copy, 2), { client_event_id: 'view', payload: event(copy, 5).payload }),
      'events[4]: recorded "accepted", computed "repeats event 2"',
    ],
    [
      'a batch that was none',
      (copy) => {
        for (const each of eventsOf(copy)) delete each['batched'];
      },
      'metrics.quality_flags: recorded [',
    ],
    ['its end cut off', (copy) => copy.pages.splice(-2), 'attempt.sequence_number: recorded 9, computed 6'],
    [
      'another conclusion',
      (copy) => Object.assign(copy.skills['behavioral_summary'] as object, { decision_style: 'analytical' }),
      'skills.behavioral_summary.decision_style: recorded "analytical", computed "',
    ],
    [
      'a figure left out',
      (copy) => delete (copy.metrics['time_metrics'] as Answer)['hesitation_time_ms'],
      'metrics.time_metrics.hesitation_time_ms: recorded nothing, computed',
    ],
  ])('%s', async (_, change, expected) => {
    const { code, output } = await playLog(linesOf(edited(change)));
    expect(output).toContain(`\n  ${expected}`);
    expect(output).toMatch(/^differs .*\n1 differs$/s);
    expect(code).toBe(1);
  });
});

describe('a bad line is named with its number and what to do, and ends with 2', () => {
  it.each<[string, (lines: unknown[]) => unknown[], string]>([
    [
      'an event is missing',
      ([task, attempt, first, , ...rest]) => [task, attempt, first, ...rest],
      'attempts.jsonl:4 attempt ID is left out: event 7 stands where event 4 should; keep all its lines together',
    ],
    ['the task is missing', ([, ...rest]) => rest, 'attempts.jsonl:1 attempt ID is left out: its task'],
    [
      'the task is as a candidate sees it',
      ([task, ...rest]) => [JSON.parse(JSON.stringify(task).replaceAll(/"risk_tag":"\w+",/g, '')), ...rest],
      'attempts.jsonl:1 task.options[0].risk_tag: is missing: let a recruiter or an administrator get the task',
    ],
    [
      'a line is something else',
      (lines) => [...lines, { status: 'ok' }],
      'attempts.jsonl:9 holds none of task, attempt, events, metrics, skills; put one answer of GET',
    ],
    [
      'results of a version that is not known',
      (lines) =>
        lines.map((line) => JSON.parse(JSON.stringify(line).replace('"version":"1.1.0"', '"version":"9"'))),
      'attempt ID: Results of version 9 are not known to this release.',
    ],
    [
      'events stand apart from their attempt',
      ([task, ...lines]) => [task, ...lines, ...linesOf(asAnother(exported, '00')), lines[2]],
      'attempts.jsonl:17 attempt ID is left out: event 4 stands where event 1 should',
    ],
    [
      'results stand apart from their attempt',
      (lines) => [...lines, ...linesOf(asAnother(exported, '00')), exported.metrics],
      'attempts.jsonl:17 attempt ID is left out: it has no events here',
    ],
  ])('%s', async (_, change, expected) => {
    const { code, complaints } = await playLog(change(linesOf(exported)));
    expect(complaints).toContain(expected);
    expect(code).toBe(2);
  });

  it('and only that attempt is dropped', async () => {
    const one = linesOf(exported);
    const broken = linesOf(asAnother(exported, '01')).toSpliced(2, 1);
    const file = await write(
      `${logOf(one)}{"event_type": \n${logOf(broken)}\n${logOf(linesOf(asAnother(exported, '02')))}`,
    );
    const { code, output, complaints } = await run(['--quiet', '--log', file]);
    expect({ code, output }).toEqual({ code: 2, output: '2 as recorded, 2 errors in the log\n' });
    expect(complaints.replaceAll(file, '').split('\n')).toEqual([
      expect.stringContaining(':9 is not JSON ('),
      expect.stringMatching(/^:12 attempt \w+01 is left out: event 4 stands where event 1 should/),
      '',
    ]);
  });

  it('a file that is not there, a task that is none, options that do not go together', async () => {
    const log = await write(logOf(linesOf(exported)), 'attempts.jsonl');
    for (const [args, expected] of [
      [['--log', '/nowhere.jsonl'], '/nowhere.jsonl:1 cannot be read: ENOENT'],
      [['--log', log, '--task', log], 'is not JSON'],
      [['--log', log, '--task', '/nowhere.json'], '/nowhere.json cannot be read: ENOENT'],
      [['--log', log, 'case.yaml'], '--log takes one file and neither scenarios nor --server.'],
      [['--task', log, 'case.yaml'], '--task is for --log.'],
    ] as const) {
      const { code, complaints } = await run([...args]);
      expect(complaints).toContain(expected);
      expect(code).toBe(2);
    }
  });
});
