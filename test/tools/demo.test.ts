import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import type { Interpretation } from '../../src/results/interpretation/interpret.ts';
import type { SavedMetrics } from '../../src/results/result-store.ts';
import { runDemo } from '../../src/tools/commands/demo.ts';
import { LINE_WIDTH } from '../../src/tools/report/text.ts';
import { personas } from '../../src/tools/scenario/personas.ts';
import { plain } from '../../src/tools/terminal.ts';
import { ADMIN, startTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterEach(() => vi.unstubAllEnvs());

/** Runs the command with its output captured. */
async function demo(
  args: string[],
  { heard, ...more }: { env?: NodeJS.ProcessEnv; signal?: AbortSignal; heard?: (line: string) => void } = {},
) {
  const lines: string[] = [];
  const errors: string[] = [];
  const code = await runDemo(args, {
    print: (line) => {
      lines.push(line);
      heard?.(line);
    },
    printError: (line) => errors.push(line),
    env: {},
    paint: plain,
    signal: new AbortController().signal,
    ...more,
  });
  return { code, lines, errors, output: lines.join('\n') };
}

const onServer = (...args: string[]) => [
  ...args,
  ...['--server', server.url, '--email', ADMIN.email, '--password', ADMIN.password],
];

/** All white space as one blank, so that it does not matter where a sentence was wrapped. */
const unwrapped = (text: string) => text.replace(/\s+/g, ' ');

it('plays every persona without a refusal and prints the profile that the server has', async () => {
  const runs = await Promise.all(
    personas.map(async ({ name }) => ({ name, ...(await demo(onServer(name))) })),
  );
  for (const { code, errors, output, lines } of runs) {
    expect({ code, errors }).toEqual({ code: 0, errors: [] });
    const attempt_id = /stays on the server: ([0-9a-f]{24})/.exec(output)?.[1];
    const path = `/attempts/${attempt_id}`;
    const profile = await server.admin.call<Interpretation>('GET', `${path}/skills`);
    const metrics = await server.admin.call<SavedMetrics>('GET', `${path}/metrics`);
    const { events } = await server.admin.call<{ events: RecordedEvent[] }>('GET', `${path}/events`);

    const text = unwrapped(output);
    for (const { skill_label, skill_code, confidence, evidence } of profile.inferred_skills) {
      expect(text).toContain(`${skill_label}, ${confidence} confidence [${skill_code}]`);
      for (const sentence of evidence) expect(text).toContain(`- ${sentence}`);
    }
    expect(text).toContain(profile.recruiter_notes);
    for (const flag of metrics.quality_flags) expect(text).toContain(`[${flag}]`);
    // Nothing is pretended: what was viewed and written fits into the time that passed.
    expect(metrics.quality_flags).not.toContain('active_time_exceeds_total');
    const acknowledged = lines.flatMap((line) => /#(\d+) +(\w+)/.exec(line)?.slice(1, 3).join(' ') ?? []);
    expect(acknowledged).toEqual(events.map((event) => `${event.sequence_number} ${event.event_type}`));
    expect(lines.filter((line) => line.length > LINE_WIDTH)).toEqual([]);
  }
  const outputOf = (name: string) => unwrapped(runs.find((run) => run.name === name)?.output ?? '');
  expect(outputOf('analytical')).toMatch(
    /It cannot show ANALYTICAL_THINKING: first decision speed will be about [\d.]+ seconds and must be more than 30 seconds/,
  );
  expect(outputOf('analytical')).toMatch(
    /It does not show ANALYTICAL_THINKING: first decision speed was [\d.]+ seconds and must be more than 30 seconds/,
  );
  expect(outputOf('analytical')).toMatch(
    /Only here it shows DECISIVE_THINKING: in real time, first decision/,
  );
  expect(outputOf('exploratory')).toMatch(/As in real time, it shows EXPLORATORY_THINKING/);
});

it('plays a task that asks for no reasons', async () => {
  const { code, output } = await demo(onServer('concise', '--task', 'storm-warning'));
  expect(code).toBe(0);
  expect(output).toContain('asks for no reasons');
  expect(output).not.toContain('reasoning_submitted');
});

it('without --server it plays on a server of its own, never in MONGODB_URI, and leaves nothing', async ({
  skip,
}) => {
  if (process.env['TEST_MONGODB_URI']) skip();
  const directory = await mkdtemp(join(tmpdir(), 'demo-test-'));
  vi.stubEnv('TMPDIR', directory);
  vi.stubEnv('MONGODB_URI', 'mongodb://127.0.0.1:1/never');
  const { code, errors, output } = await demo([]);
  expect({ code, errors }).toEqual({ code: 0, errors: [] });
  expect(output).toContain('The candidate: decisive');
  // The engine's own process leaves a cache of tsx there when it runs from sources.
  expect((await readdir(directory)).filter((name) => !name.startsWith('tsx-'))).toEqual([]);
  await rm(directory, { recursive: true });
});

it('Ctrl-C ends it at once', async () => {
  const interrupted = new AbortController();
  const began = performance.now();
  const { code, lines, errors } = await demo(onServer('analytical', '--real-time'), {
    signal: interrupted.signal,
    heard: (line) => line.includes('task_started') && interrupted.abort(),
  });
  expect({ code, errors, last: lines.at(-1) }).toEqual({ code: 130, errors: [], last: 'Stopped.' });
  expect(performance.now() - began).toBeLessThan(5_000);
});

describe('what cannot work is said in one line, with exit code 1', () => {
  const account = ['--email', ADMIN.email, '--password', ADMIN.password];

  it.each<[string, () => string[], RegExp]>([
    ['an unknown persona', () => ['wizard'], /no persona "wizard".*analytical, decisive, exploratory/],
    ['two personas', () => ['decisive', 'concise'], /One persona at a time/],
    ['an unknown option', () => ['--fast'], /'--fast'.*--help/],
    ['no account', () => ['--server', server.url], /--email and --password, or DEMO_EMAIL and DEMO_PASSWORD/],
    ['an account without a server', () => account, /add --server URL/],
    ['no address', () => ['--server', 'localhost:3000', ...account], /such as http:\/\/127\.0\.0\.1:3000/],
    ['no server there', () => ['--server', 'http://127.0.0.1:1', ...account], /No server answers at http/],
    [
      'a wrong password',
      () => ['--server', server.url, '--email', ADMIN.email, '--password', 'quite another one'],
      /does not take this address and password/,
    ],
    ['an unknown task', () => onServer('--task', 'nonsense'), /no active task "nonsense".*release-decision/],
  ])('%s', async (_, args, message) => {
    const { code, errors } = await demo(args());
    expect(code).toBe(1);
    expect(errors).toEqual([expect.stringMatching(message)]);
    expect(errors[0]).not.toContain('\n');
  });

  it('a candidate’s account', async () => {
    const candidate = { email: 'candidate@example.com', password: 'a long enough phrase' };
    await server.api.call('POST', '/auth/register', candidate);
    const { code, errors } = await demo(['--server', server.url], {
      env: { DEMO_EMAIL: candidate.email, DEMO_PASSWORD: candidate.password },
    });
    expect(code).toBe(1);
    expect(errors).toEqual([expect.stringMatching(/needs a recruiter’s or an admin’s/)]);
  });

  it('something else that answers there', async () => {
    const other = createServer((_, response) => response.end('<html>Hello</html>'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const { code, errors } = await demo(['--server', `http://127.0.0.1:${port}`, ...account]);
    other.close();
    expect(code).toBe(1);
    expect(errors).toEqual([expect.stringMatching(/is no skill observation server/)]);
  });
});

it('--list shows every persona, --help every option', async () => {
  const { output: list } = await demo(['--list']);
  for (const { name, description } of personas) {
    expect(list).toContain(name);
    expect(unwrapped(list)).toContain(description);
  }
  const { code, output: help } = await demo(['--help']);
  expect(code).toBe(0);
  for (const option of ['--list', '--real-time', '--task', '--server', '--email', '--password']) {
    expect(help).toContain(option);
  }
});
