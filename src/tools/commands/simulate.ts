import { setMaxListeners } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Performance, play } from '../player/play.ts';
import type { StaffAccount } from '../player/staff.ts';
import type { Stage } from '../player/stage.ts';
import { virtualStage } from '../player/virtual-stage.ts';
import { UsageError } from '../problem.ts';
import { differences } from '../report/differences.ts';
import { RunReport } from '../report/run-report.ts';
import { type LoadedScenario, readScenarios } from '../scenario/parse.ts';
import type { Terminal } from '../terminal.ts';
import { COMMON_OPTIONS, FLAG, readServer, runCommand, TEXT } from './command-line.ts';
import { simulateLog } from './simulate-log.ts';

const USAGE = `Plays scenario files and compares what comes out with what they expect.

  npm run simulate -- FILE…                 in virtual time, without a server
  npm run simulate -- --server URL FILE…    in real time, on a running server
  npm run simulate -- --log FILE            attempts that a server has recorded

  --email, --password   a staff account on the server, or SIMULATE_EMAIL and
                        SIMULATE_PASSWORD; an administrator's where a task is
                        not there yet
  --tolerance MS        by how much a time measured on a server may be off
                        (default 500)
  --log FILE            plays each attempt of the file at its recorded times,
                        and compares what comes out with what was recorded.
                        Each line is what the server answers to one GET of
                        /tasks/{id}, /attempts/{id}, /attempts/{id}/events,
                        /metrics or /skills; the task stands first, and the
                        lines of an attempt stand together
  --task FILE           with --log: the task, if the log does not hold it
  --json                for programs; with --log, one line for each attempt
  --quiet               only what is not as expected, and the count

A file is YAML or JSON, several people separated by ---, or JSON lines (.jsonl).
Ends with 0 when everything was as expected, with 1 when something was not,
with 2 when a file or an option is not valid or it could not play.
`;

/** Milliseconds from one person's beginning to the next one's: nobody's first step waits behind all others'. */
const BETWEEN_BEGINNINGS_MS = 20;

/** A scenario and what came of it; undefined where a server cannot keep its exact times. */
type Played = { scenario: LoadedScenario; played: Performance | undefined };

/** `npm run simulate`. @returns the exit code, as the usage tells it; 130 after Ctrl-C */
export function runSimulate(args: string[], terminal: Terminal): Promise<number> {
  const { print, signal } = terminal;
  return runCommand(terminal, { failed: 2, usage: `\n\n${USAGE}` }, async () => {
    const options = { ...COMMON_OPTIONS, tolerance: TEXT, json: FLAG, quiet: FLAG, log: TEXT, task: TEXT };
    const { values, positionals: files } = parseArgs({ args, allowPositionals: true, options });
    if (values.help) {
      print(USAGE.trimEnd());
      return 0;
    }
    const { log } = values;
    if (log !== undefined) {
      if (files.length > 0 || values.server !== undefined) {
        throw new UsageError('--log takes one file and neither scenarios nor --server.');
      }
      return simulateLog({ ...values, log }, terminal);
    }
    if (values.task !== undefined) throw new UsageError('--task is for --log.');
    const toleranceMs = readTolerance(values.tolerance);
    if (files.length === 0) throw new UsageError('Name at least one scenario file.');
    const server = readServer(values, terminal.env, 'SIMULATE');

    const run = new RunReport(values, terminal);
    const performances = server
      ? playOnServer(await readAll(files, run), server, terminal)
      : playHere(files, run);
    for await (const { scenario, played } of performances) {
      signal.throwIfAborted();
      const differing = played ? differences(scenario, played, server ? toleranceMs : 0) : [];
      run.tell({ scenario, played, differences: differing });
    }
    return run.end();
  });
}

function readTolerance(written = '500'): number {
  if (/^\d+(\.\d+)?$/.test(written)) return Number(written);
  throw new UsageError(`--tolerance takes milliseconds. Give a number such as 500, not "${written}".`);
}

/** In virtual time, each as soon as it is read and one after the other: there may be any number of people. */
async function* playHere(files: readonly string[], run: RunReport): AsyncGenerator<Played> {
  for (const file of files) {
    for await (const { scenarios, errors } of readScenarios(file)) {
      run.tellErrors(errors);
      for (const scenario of scenarios) {
        yield { scenario, played: await play(scenario, await virtualStage(scenario.task)) };
      }
    }
  }
}

async function readAll(files: readonly string[], run: RunReport): Promise<LoadedScenario[]> {
  const loaded: LoadedScenario[] = [];
  for (const file of files) {
    for await (const { scenarios, errors } of readScenarios(file)) {
      run.tellErrors(errors);
      loaded.push(...scenarios);
    }
  }
  return loaded;
}

/** All at once, as different candidates would: one after the other their real times would add up. */
async function* playOnServer(
  loaded: readonly LoadedScenario[],
  server: StaffAccount,
  terminal: Terminal,
): AsyncGenerator<Played> {
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
  const played = await Promise.all(performances).finally(() => failed.abort());
  for (const [index, scenario] of loaded.entries()) yield { scenario, played: played[index] };
}
