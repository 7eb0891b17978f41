import { readFile } from 'node:fs/promises';
import { type Arguments, readArguments, USAGE, UsageError } from './arguments.ts';
import { parseScenarios } from './parse.ts';
import { announcement, playScenarios } from './play-scenarios.ts';
import { type RunReport, reportForPrograms } from './report.ts';
import { fileErrorLine, summary, timeline } from './timeline.ts';

/** What the command has of the world around it. */
export interface Surroundings {
  env: Record<string, string | undefined>;
  print(text: string): void;
  complain(text: string): void;
}

/**
 * The whole command. @param args what stands behind its name.
 * @returns the exit code: 0 when everything was as expected, 1 when something was not or a file has errors,
 * 2 when it could not play.
 */
export async function simulate(args: string[], { env, print, complain }: Surroundings): Promise<0 | 1 | 2> {
  let url: string | undefined;
  try {
    const called = readArguments(args, env);
    url = called.server?.url;
    if (called.help) {
      print(USAGE);
      return 0;
    }
    const { scenarios: loaded, errors } = await readScenarios(called.files);
    for (const error of errors) complain(`${fileErrorLine(error)}\n`);
    if (called.server) complain(`${announcement(loaded, called.server.url)}\n`);
    const scenarios = await playScenarios(loaded, called);
    const passed = errors.length === 0 && scenarios.every(({ differences }) => differences.length === 0);
    const report: RunReport = { passed, errors, scenarios };
    print(called.json ? `${JSON.stringify(reportForPrograms(report), null, 2)}\n` : readable(report, called));
    return passed ? 0 : 1;
  } catch (error) {
    complain(`${whyNot(error, url)}\n`);
    return 2;
  }
}

/** What all files hold; one that cannot be read is an error like any other. */
async function readScenarios(files: readonly string[]): Promise<ReturnType<typeof parseScenarios>> {
  const read = await Promise.all(
    files.map(async (file) => {
      try {
        return parseScenarios(file, await readFile(file, 'utf8'));
      } catch (error) {
        const message = `cannot be read: ${(error as Error).message}`;
        return { scenarios: [], errors: [{ file, line: 1, column: 1, field: '', message }] };
      }
    }),
  );
  return { scenarios: read.flatMap((one) => one.scenarios), errors: read.flatMap((one) => one.errors) };
}

function readable(report: RunReport, { quiet }: Arguments): string {
  const told = report.scenarios.filter(({ differences }) => !quiet || differences.length > 0);
  return `${[...told.map(timeline), summary(report)].join('\n')}\n`;
}

function whyNot(error: unknown, url: string | undefined): string {
  if (error instanceof UsageError) return `${error.message}\n\n${USAGE}`;
  const { message, cause } = error as Error;
  // What fetch throws says only "fetch failed"; its cause knows why.
  const why = cause instanceof Error ? `${message}: ${cause.message}` : message;
  return url === undefined ? why : `Could not play at ${url}. ${why}`;
}
