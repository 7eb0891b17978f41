import { setMaxListeners } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { type Performance, play } from '../player/play.ts';
import type { StaffAccount } from '../player/staff.ts';
import type { Stage } from '../player/stage.ts';
import { virtualStage } from '../player/virtual-stage.ts';
import { UsageError } from '../problem.ts';
import { differences } from '../report/differences.ts';
import { reportForPrograms, type ScenarioReport } from '../report/json-report.ts';
import { fileErrorLine, summary, timeline } from '../report/timeline.ts';
import { type FileError, type LoadedScenario, parseScenarios } from '../scenario/parse.ts';
import type { Terminal } from '../terminal.ts';
import { COMMON_OPTIONS, parseCommandLine, readServer, runCommand } from './command-line.ts';

const USAGE = `Plays scenario files and compares what comes out with what they expect.

  npm run simulate -- FILE…                     in virtual time, without server and database
  npm run simulate -- --server URL FILE…        in real time, on a running server

  --email, --password   a staff account on the server, or SIMULATE_EMAIL and SIMULATE_PASSWORD;
                        an administrator's where a scenario's task is not there yet
  --tolerance MS        by how much a time measured on a server may be off (default 500)
  --json                the report for programs
  --quiet               only what is not as expected, and the count

Ends with 0 when everything was as expected, with 1 when something was not or a file has errors, with 2 when
it could not play.
`;

/** Milliseconds from one person's beginning to the next one's: nobody's first step waits behind all others'. */
const BETWEEN_BEGINNINGS_MS = 20;

/**
 * `npm run simulate`. @returns the exit code: 0 when everything was as expected, 1 when something was not or a
 * file has errors, 2 when it could not play, 130 after Ctrl-C.
 */
export function runSimulate(args: string[], terminal: Terminal): Promise<number> {
  return runCommand(terminal, { failed: 2, usage: `\n\n${USAGE}` }, async () => {
    const { values, positionals: files } = parseCommandLine({
      args,
      allowPositionals: true,
      options: {
        ...COMMON_OPTIONS,
        tolerance: { type: 'string' },
        json: { type: 'boolean' },
        quiet: { type: 'boolean' },
      },
    });
    if (values.help) {
      terminal.print(USAGE.trimEnd());
      return 0;
    }
    const toleranceMs = Number(values.tolerance ?? 500);
    if (!(toleranceMs >= 0 && toleranceMs < Infinity))
      throw new UsageError('--tolerance takes milliseconds.');
    if (files.length === 0) throw new UsageError('Name at least one scenario file.');
    const server = readServer(values, terminal.env, 'SIMULATE');
    const { json = false, quiet = false } = values;
    return playFiles(files, { server, toleranceMs, json, quiet }, terminal);
  });
}

interface Wish {
  server: StaffAccount | undefined;
  toleranceMs: number;
  json: boolean;
  quiet: boolean;
}

async function playFiles(files: readonly string[], wish: Wish, terminal: Terminal): Promise<number> {
  const { print, printError, signal } = terminal;
  const { server, toleranceMs } = wish;
  const { scenarios: loaded, errors } = await readScenarios(files);
  for (const error of errors) printError(fileErrorLine(error));
  if (server) printError(announcement(loaded, server.url));
  const scenarios = server
    ? await playOnServer(loaded, server, toleranceMs, signal)
    : await playVirtually(loaded, signal);
  const failed = scenarios.filter((report) => report.differences.length > 0);
  const passed = errors.length === 0 && failed.length === 0;
  const report = { passed, errors, scenarios };
  if (wish.json) print(JSON.stringify(reportForPrograms(report), null, 2));
  else print([...(wish.quiet ? failed : scenarios).map(timeline), summary(report)].join('\n'));
  return passed ? 0 : 1;
}

/** What all files hold; one that cannot be read is an error like any other. */
async function readScenarios(
  files: readonly string[],
): Promise<{ scenarios: LoadedScenario[]; errors: FileError[] }> {
  const scenarios: LoadedScenario[] = [];
  const errors: FileError[] = [];
  for (const file of files) {
    try {
      const parsed = parseScenarios(file, await readFile(file, 'utf8'));
      scenarios.push(...parsed.scenarios);
      errors.push(...parsed.errors);
    } catch (error) {
      const message = `cannot be read: ${(error as Error).message}`;
      errors.push({ file, line: 1, column: 1, field: '', message });
    }
  }
  return { scenarios, errors };
}

async function playVirtually(
  loaded: readonly LoadedScenario[],
  signal: AbortSignal,
): Promise<ScenarioReport[]> {
  const reports: ScenarioReport[] = [];
  for (const scenario of loaded) {
    signal.throwIfAborted();
    reports.push(reportOn(scenario, await play(scenario, await virtualStage(scenario.task)), 0));
  }
  return reports;
}

/** What to say before playing in real time, which may take long. */
function announcement(loaded: readonly LoadedScenario[], url: string): string {
  const playable = loaded.filter(isPlayableInRealTime);
  const longest = Math.max(0, ...playable.map(({ steps }) => steps.at(-1)?.at ?? 0));
  const scenarios = playable.length === 1 ? 'scenario' : 'scenarios at once';
  return `Playing ${playable.length} ${scenarios} in real time at ${url}, at least ${longest / 1000} s.`;
}

const isPlayableInRealTime = ({ exact_times }: LoadedScenario): boolean => !exact_times;

/** All at once, as different candidates would: one after the other their real times would add up. */
async function playOnServer(
  loaded: readonly LoadedScenario[],
  server: StaffAccount,
  toleranceMs: number,
  interrupted: AbortSignal,
): Promise<ScenarioReport[]> {
  // Only here, because loading what talks to a server takes longer than playing in virtual time.
  const [{ logIn, ensureTask }, { serverStage }] = await Promise.all([
    import('../player/staff.ts'),
    import('../player/server-stage.ts'),
  ]);
  const staff = await logIn(server);
  const failed = new AbortController();
  const signal = AbortSignal.any([failed.signal, interrupted]);
  setMaxListeners(0, signal);
  // Everybody is ready before anybody begins, or those who begin late would have their first steps delayed.
  const stages = new Map<LoadedScenario, Stage>();
  for (const scenario of loaded.filter(isPlayableInRealTime)) {
    const task_id = await ensureTask(staff, scenario.task);
    stages.set(scenario, await serverStage(staff, task_id, signal));
  }
  return Promise.all(
    loaded.map(async (scenario, index) => {
      const stage = stages.get(scenario);
      if (!stage) return { scenario, differences: [] };
      await setTimeout(index * BETWEEN_BEGINNINGS_MS, undefined, { signal });
      return reportOn(scenario, await play(scenario, stage), toleranceMs);
    }),
  ).catch((error) => {
    // Where one cannot be played to its end, nobody waits for the others.
    failed.abort();
    throw error;
  });
}

function reportOn(scenario: LoadedScenario, played: Performance, toleranceMs: number): ScenarioReport {
  return { scenario, played, differences: differences(scenario, played, toleranceMs) };
}
