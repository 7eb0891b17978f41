import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Performance, play } from '../../src/tools/player/play.ts';
import { serverStage } from '../../src/tools/player/server-stage.ts';
import { ensureTask } from '../../src/tools/player/staff.ts';
import { virtualStage } from '../../src/tools/player/virtual-stage.ts';
import { parseScenarios } from '../../src/tools/scenario/parse.ts';
import { ADMIN, startTestServer, type TestServer } from '../support/server.ts';
import { run, scenarioFolder } from './simulate-cases.ts';

const TASK = '{ requires_reasoning: true, options: { A: low, B: medium, C: high } }';

/** Everything that a step can show, within 300 ms. */
const SHORT = `person: Tim is in a hurry
task: ${TASK}
steps:
  - { at: 0, event: option_selected, option: A, expect: { refused: sequence_violation, allowed: [task_started] } }
  - { at: 10, event: task_started, client_event_id: start }
  - { at: 20, event: task_started, client_event_id: start, expect: repeated }
  - { at: 30, event: option_viewed, option: C, duration_ms: 15 }
  - { at: 60, event: option_selected, option: A, payload: { option_code: B }, expect: { refused: validation_failed, fields: [payload.option_code] } }
  - { at: 70, event: option_selected, option: A, batched: true }
  - { at: 80, event: option_changed, from: A, to: B, batched: true }
  - { at: 90, event: task_started, batched: true, expect: { refused: sequence_violation } }
  - { at: 90, event: task_abandoned, batched: true, expect: { refused: not_tried } }
  - { at: 120, event: reasoning_started }
  - { at: 140, event: task_abandoned, expect: { state: abandoned } }
  - { at: 180, event: reasoning_submitted, words: 40, keywords: 5, expect: { state: { active: { reasoning: submitted } } } }
  - { at: 200, client_at: 20s, event: option_viewed, option: A, duration_ms: 1, expect: { refused: validation_failed } }
  - { at: 250, event: task_completed }
  - { at: 260, event: task_completed, expect: { refused: attempt_locked, allowed: [] } }
expect:
  state: locked
  status: completed
  metrics:
    time_metrics: { total_time_ms: 240, first_decision_speed_ms: 80 }
    decision_metrics: { decision_change_count: 1, unique_options_viewed: 1 }
    reasoning_metrics: { word_count: 40, reasoning_depth_score: 60 }
    quality_flags: [resumed_after_abandon, events_batched, final_option_not_viewed]
  skills: [DECISIVE_THINKING (moderate), RISK_NEUTRAL, STRUCTURED_REASONING]
  notes: [1 selection change]
`;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
const write = scenarioFolder();
const onServer = () => ['--server', `${server.url}/`, '--email', ADMIN.email, '--password', ADMIN.password];

/** The report without what a real clock makes different each time. */
function comparable(output: string) {
  const report = JSON.parse(output);
  for (const scenario of report.scenarios) {
    for (const name of Object.keys(scenario.metrics)) {
      if (name.startsWith('time_metrics.')) delete scenario.metrics[name];
    }
    delete scenario.recruiter_notes;
    for (const step of scenario.steps) {
      if (step.refusal?.code !== 'validation_failed') continue;
      // They name ids and milliseconds, which differ; which fields are wrong does not.
      delete step.refusal.detail;
      step.refusal.errors = step.refusal.errors.map(({ path }: { path: string }) => path);
    }
    scenario.skills = scenario.skills.map(({ evidence: _, ...skill }: { evidence: unknown }) => skill);
  }
  return report;
}

describe('the same file in real time on a server', () => {
  it('comes out as in virtual time, but for the milliseconds', async () => {
    const file = await write(SHORT);
    const virtual = await run(['--json', file]);
    const real = await run([...onServer(), '--tolerance', '3000', '--json', file]);
    expect({ code: real.code, complaints: real.complaints }).toEqual({
      code: 0,
      complaints: `Playing 1 scenario in real time at ${server.url}/, at least 0.26 s.\n`,
    });
    expect(virtual.code).toBe(0);
    expect(comparable(real.output)).toEqual(comparable(virtual.output));
    const [scenario] = JSON.parse(real.output).scenarios;
    expect(scenario.metrics['time_metrics.total_time_ms']).toBeGreaterThan(100);
  });

  it('makes the task once, whoever comes with it', async () => {
    const { scenarios } = parseScenarios('short', SHORT);
    const [scenario] = scenarios;
    if (!scenario) throw new Error('The scenario has errors.');
    const changed = { ...scenario.task, title: 'Another task' };
    const ids = await Promise.all([1, 2, 3].map(() => ensureTask(server.admin, changed)));
    expect(new Set(ids).size).toBe(1);
    expect(await ensureTask(server.admin, scenario.task)).not.toBe(ids[0]);
  });

  it('fails where a time is off by more than the tolerance, and skips what expects exact times', async () => {
    const late = SHORT.replace('total_time_ms: 240', 'total_time_ms: 5240');
    const file = await write(`${late}---\n${SHORT.replace('task:', 'exact_times: true\ntask:')}`);
    const { code, output } = await run([...onServer(), '--tolerance', '400', file]);
    expect(code).toBe(1);
    expect(output).toMatch(/23:\d+ expect\.metrics\.time_metrics\.total_time_ms: expected 5240, actual \d+/);
    expect(output).toContain('skipped: it expects exact times');
    expect(output).toContain('0 passed, 1 failed, 1 skipped');
  });

  it('says why where the account may not do it', async () => {
    const file = await write(SHORT);
    const wrong = await run(['--server', server.url, file], {
      SIMULATE_EMAIL: ADMIN.email,
      SIMULATE_PASSWORD: 'not this one at all',
    });
    expect(wrong).toMatchObject({ code: 2, output: '', complaints: expect.stringContaining('401') });
  });
});

const code = fc.constantFrom('A', 'B', 'C');
const anyStep = fc.oneof(
  fc.constantFrom('task_started', 'reasoning_started', 'task_abandoned').map((event) => ({ event })),
  fc.record({
    event: fc.constant('option_viewed'),
    option: code,
    duration_ms: fc.integer({ min: -1, max: 9 }),
  }),
  fc.record({ event: fc.constant('option_selected'), option: code }),
  fc.record({ event: fc.constant('option_changed'), from: code, to: code }),
  fc.record({ event: fc.constant('reasoning_updated'), words: fc.nat(9) }),
  fc.record({ event: fc.constant('reasoning_submitted'), words: fc.nat(60), keywords: fc.constant(0) }),
  fc.record({ event: fc.constant('task_completed'), option: code }),
  fc.constant({ event: 'task_completed' }),
);
const anySteps = fc
  .array(
    fc.record({
      step: anyStep,
      client_event_id: fc.option(fc.constantFrom('one', 'two'), { nil: undefined, freq: 4 }),
      batched: fc.boolean(),
      batch: fc.option(fc.constantFrom('one', 'two'), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 25 },
  )
  .map((drawn) => [
    // Most sequences begin as they should, or nearly all would be refused for the same reason.
    { event: 'task_started', after: 0 },
    ...drawn.map(({ step, client_event_id, batched, batch }) => {
      const canWait = batched && !(step.event === 'task_completed' && !('option' in step));
      // What is undefined is left out of the file.
      return { ...step, after: 0, client_event_id, batched: canWait, batch: canWait ? batch : undefined };
    }),
  ]);

/** What the server said and where it left the attempt, without times and ids. */
const judgements = ({ steps, view }: Performance) => [
  ...steps.map(({ outcome, answer, view: { state, allowed_events, sequence_number } }) => ({
    ...{ outcome, state, allowed_events, sequence_number },
    ...(answer.acknowledged ? { number: answer.sequence_number } : { code: answer.code }),
    ...(answer.acknowledged ? {} : { fields: answer.errors?.map(({ path }) => path) }),
    ...(answer.acknowledged ? {} : { allowed: answer.allowed_events }),
  })),
  view.status,
];

it('virtual time and the server over HTTP judge every step of any sequence alike', async () => {
  await fc.assert(
    fc.asyncProperty(anySteps, async (steps) => {
      // JSON is YAML as well.
      const text = `{ "person": "anybody", "task": ${TASK}, "steps": ${JSON.stringify(steps)} }`;
      const { scenarios, errors } = parseScenarios('any', text);
      expect(errors).toEqual([]);
      for (const scenario of scenarios) {
        const task_id = await ensureTask(server.admin, scenario.task);
        const real = await play(scenario, await serverStage(server.admin, task_id));
        const virtual = await play(scenario, await virtualStage(scenario.task));
        expect(judgements(virtual)).toEqual(judgements(real));
      }
    }),
    { numRuns: 15 },
  );
}, 60_000);

describe('a server that goes away in the middle', () => {
  /** Plays one person against a stand-in, which answers until the person's first event comes. */
  async function playAgainst(onFirstEvent: (socket: Socket) => void) {
    const steps = ['{ at: 0, event: task_started }', '{ at: 20ms, event: task_abandoned }'];
    const file = await write(`person: Al\ntask: ${TASK}\nsteps: [${steps.join(', ')}]\n`);
    const standIn = createServer((request, response) => {
      if (request.url === '/api/v1/events') return onFirstEvent(request.socket);
      const forward = { method: request.method ?? '', headers: request.headers as Record<string, string> };
      text(request).then(async (body) => {
        const answer = await fetch(`${server.url}${request.url}`, { ...forward, body: body || null });
        response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
      });
    });
    await new Promise<void>((ready) => standIn.listen(0, '127.0.0.1', ready));
    const url = `http://127.0.0.1:${(standIn.address() as AddressInfo).port}`;
    const account = ['--email', ADMIN.email, '--password', ADMIN.password];
    const played = await run(['--server', url, ...account, file]);
    standIn.closeAllConnections();
    standIn.close();
    return { ...played, url };
  }

  it.each<[string, (socket: Socket) => void, string]>([
    ['and breaks the connection', (socket) => socket.destroy(), 'UND_ERR_SOCKET'],
    [
      'and leaves only a proxy',
      (socket) => socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 4\r\n\r\nsorry'),
      'what answers there does not speak JSON, so it is no skill observation server',
    ],
  ])('%s: a sentence says so, and the command ends with 2', async (_, onFirstEvent, why) => {
    const { code, output, complaints, url } = await playAgainst(onFirstEvent);
    expect({ code, output }).toEqual({ code: 2, output: '' });
    expect(complaints.trim().split('\n').slice(1)).toEqual([
      `POST /events at ${url} got no answer: ${why}. The server has gone away or cannot be reached; start it, and play again.`,
    ]);
  });
});
