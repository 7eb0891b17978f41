import { type ParseArgsConfig, parseArgs } from 'node:util';
import { EmbeddedEngineUnavailable } from '../../database/embedded/unavailable.ts';
import { ApiError } from '../api-client.ts';
import type { StaffAccount } from '../player/staff.ts';
import { Problem, UsageError } from '../problem.ts';
import type { Terminal } from '../terminal.ts';

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
    const [firstSentence] = (error as Error).message.split('. ');
    throw new UsageError(`${firstSentence}.`);
  }
}

/**
 * The server to play on; undefined where none is named.
 * @param variables what the variables that stand for the account begin with: DEMO for DEMO_EMAIL.
 * @throws UsageError
 */
export function readServer(
  values: { server?: string | undefined; email?: string | undefined; password?: string | undefined },
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

/** What a person at the terminal reads of an error: one line where it can be mended, else all of it. */
export function readable(error: unknown, url: string | undefined): string {
  if (error instanceof Problem) return error.message;
  if (error instanceof ApiError) return `The server at ${url} refused: ${error.message}`;
  if (error instanceof EmbeddedEngineUnavailable) {
    return `${error.message} The demo uses that on a running server: npm run demo -- --server URL`;
  }
  // What fetch throws where there is no connection; the reason is in its cause.
  if (error instanceof TypeError && error.message === 'fetch failed') {
    return `No server answers at ${url} (${reasonOf(error.cause)}). Start one with "npm start", or leave --server out.`;
  }
  if (error instanceof SyntaxError) {
    return `What answers at ${url} does not speak JSON, so it is no skill observation server. Check --server.`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'no connection';
  return 'code' in cause ? String(cause.code) : cause.message;
}
