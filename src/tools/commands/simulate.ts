import { setMaxListeners } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Performance, play } from '../player/play.ts';
import type { StaffAccount } from '../player/staff.ts';
import type { Stage } from '../player/stage.ts';
import { virtualStage } from '../player/virtual-stage.ts';
import { UsageError } from '../problem.ts';
import { differences } from '../report/differences.ts';
import { errorLine, reportText } from '../report/scenario-report.ts';
import { type LoadedScenario, parseScenarios } from '../scenario/parse.ts';
import type { Terminal } from '../terminal.ts';
import { COMMON_OPTIONS, FLAG, readServer, runCommand, TEXT } from './command-line.ts';

const USAGE = `Plays scenario files and compares what comes out with what they expect.

  npm run simulate -- FILE…                     in virtual time, without server and database
  npm run simulate -- --server URL FILE…        in real time, on a running server

  --email, --password   a staff account on the server, or SIMULATE_EMAIL and SIMULATE_PASSWORD;
                        an administrator's where a scenario's task is not there yet
  --tolerance MS        by how much a time measured on a server may be off (default 500)
  --json                the report for programs
  --quiet               only what is not as expected, and the count

Ends with 0 when everything was as expected, with 1 when something was not, with 2 when a file or an
option is not valid or it could not play.
`;

/** Milliseconds from one person's beginning to the next one's: nobody's first step waits behind all others'. */
const BETWEEN_BEGINNINGS_MS = 20;

/** `npm run simulate`. @returns the exit code, as the usage tells it; 130 after Ctrl-C */
export function runSimulate(args: string[], terminal: Terminal): Promise<number> {
  const { print, printError, paint, signal } = terminal;
  return runCommand(terminal, { failed: 2, usage: `\n\n${USAGE}` }, async () => {
    const options = { ...COMMON_OPTIONS, tolerance: TEXT, json: FLAG, quiet: FLAG };
    const { values, positionals: files } = parseArgs({ args, allowPositionals: true, options });
    if (values.help) {
      print(USAGE.trimEnd());
      return 0;
    }
    const toleranceMs = Number(values.tolerance ?? 500);
    const isTime = toleranceMs >= 0 && toleranceMs < Infinity;
    if (!isTime) throw new UsageError('--tolerance takes milliseconds.');
    if (files.length === 0) throw new UsageError('Name at least one scenario file.');
    const server = readServer(values, terminal.env, 'SIMULATE');

    const read = await Promise.all(files.map(readScenarios));
    const loaded = read.flatMap(({ scenarios }) => scenarios);
    const errors = read.flatMap(({ errors }) => errors);
    for (const error of errors) printError(errorLine(error));
    const performances = server
      ? await playOnServer(loaded, server, terminal)
      : await Promise.all(loaded.map(async (scenario) => play(scenario, await virtualStage(scenario.task))));
    signal.throwIfAborted();
    const scenarios = loaded.map((scenario, index) => {
      const played = performances[index];
      return {
        scenario,
        played,
        differences: played ? differences(scenario, played, server ? toleranceMs : 0) : [],
      };
    });
    const passed = errors.length === 0 && scenarios.every(({ differences }) => differences.length === 0);
    print(reportText({ passed, errors, scenarios }, values, paint));
    if (errors.length > 0) return 2;
    return passed ? 0 : 1;
  });
}

/** What a file holds; one that cannot be read is an error like any other. */
async function readScenarios(file: string): Promise<ReturnType<typeof parseScenarios>> {
  try {
    return parseScenarios(file, await readFile(file, 'utf8'));
  } catch (error) {
    const message = `cannot be read: ${(error as Error).message}`;
    return { scenarios: [], errors: [{ file, line: 1, column: 1, field: '', message }] };
  }
}

/** All at once, as different candidates would: one after the other their real times would add up. */
async function playOnServer(
  loaded: readonly LoadedScenario[],
  server: StaffAccount,
  terminal: Terminal,
): Promise<(Performance | undefined)[]> {
  const playable = loaded.filter(({ exact_times }) => !exact_times);
  const longest = Math.max(0, ...playable.map(({ steps }) => steps.at(-1)?.at ?? 0)) / 1_000;
  const count = playable.length === 1 ? '1 scenario' : `${playable.length} scenarios at once`;
  terminal.printError(`Playing ${count} in real time at ${server.url}, at least ${longest} s.`);
  // Only here, because loading what talks to a server takes longer than playing in virtual time.
  const { logIn, ensureTask } = await import('../player/staff.ts');
  const { serverStage } = await import('../player/server-stage.ts');
  const staff = await logIn(server);
  const failed = new AbortController();
  const signal = AbortSignal.any([failed.signal, terminal.signal]);
  setMaxListeners(0, signal);
  // Everybody is ready before anybody begins, or those who begin late would have their first steps delayed.
  const stages = new Map<LoadedScenario, Stage>();
  for (const scenario of playable) {
    stages.set(scenario, await serverStage(staff, await ensureTask(staff, scenario.task), signal));
  }
  const performances = loaded.map(async (scenario, index) => {
    const stage = stages.get(scenario);
    if (!stage) return undefined;
    await setTimeout(index * BETWEEN_BEGINNINGS_MS, undefined, { signal });
    return play(scenario, stage);
  });
  // Where one cannot be played to its end, nobody waits for the others.
  return Promise.all(performances).finally(() => failed.abort());
}
