import { type ParseArgsConfig, parseArgs } from 'node:util';
import { EmbeddedEngineUnavailable } from '../../database/embedded/unavailable.ts';
import type { StaffAccount } from '../player/staff.ts';
import { Problem, UsageError } from '../problem.ts';
import { INTERRUPTED, type Terminal } from '../terminal.ts';

/** The options of every command that may play on a running server. */
export const COMMON_OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  server: { type: 'string' },
  email: { type: 'string' },
  password: { type: 'string' },
} as const satisfies ParseArgsConfig['options'];

/** As `parseArgs`. @throws UsageError */
export function parseCommandLine<Config extends ParseArgsConfig>(config: Config) {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split('. ')[0]}.`);
  }
}

/**
 * The server to play on; undefined where none is named.
 * @param variables what the variables that stand for the account begin with: DEMO for DEMO_EMAIL.
 * @throws UsageError
 */
export function readServer(
  values: { [option in 'server' | 'email' | 'password']?: string | undefined },
  env: Terminal['env'],
  variables: string,
): StaffAccount | undefined {
  if (values.server === undefined) {
    if (values.email === undefined && values.password === undefined) return undefined;
    throw new UsageError('--email and --password are for a running server: add --server URL.');
  }
  if (!URL.canParse(values.server) || !/^https?:$/.test(new URL(values.server).protocol)) {
    throw new UsageError(`--server takes an address such as http://127.0.0.1:3000, not "${values.server}".`);
  }
  const email = values.email ?? env[`${variables}_EMAIL`];
  const password = values.password ?? env[`${variables}_PASSWORD`];
  if (!email || !password) {
    throw new UsageError(
      `--server needs --email and --password, or ${variables}_EMAIL and ${variables}_PASSWORD, of a recruiter or an administrator.`,
    );
  }
  return { url: values.server, email, password };
}

/**
 * Runs a command to its exit code: what `run` returns, 130 after Ctrl-C.
 * @param failed the exit code after a failure, which is explained.
 * @param usage stands behind the explanation of a `UsageError`.
 */
export async function runCommand(
  { print, printError, signal }: Terminal,
  { failed, usage }: { failed: number; usage: string },
  run: () => Promise<number>,
): Promise<number> {
  try {
    return await run();
  } catch (error) {
    if (signal.aborted) {
      print('Stopped.');
      return INTERRUPTED;
    }
    printError(readable(error) + (error instanceof UsageError ? usage : ''));
    return failed;
  }
}

/** What a person at the terminal reads of an error: one line where it can be mended, else all of it. */
function readable(error: unknown): string {
  if (error instanceof Problem) return error.message;
  if (error instanceof EmbeddedEngineUnavailable) {
    return `${error.message} The demo uses that on a running server: npm run demo -- --server URL`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
