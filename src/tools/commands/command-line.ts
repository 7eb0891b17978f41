import { EmbeddedEngineUnavailable } from '../../database/embedded/unavailable.ts';
import type { StaffAccount } from '../player/staff.ts';
import { Problem, UsageError } from '../problem.ts';
import type { Terminal } from '../terminal.ts';

export const FLAG = { type: 'boolean' } as const;
export const TEXT = { type: 'string' } as const;

/** The options of every command that may play on a running server. */
export const COMMON_OPTIONS = { help: { ...FLAG, short: 'h' }, server: TEXT, email: TEXT, password: TEXT };

/** The server to play on, if one is named. @param variables DEMO for DEMO_EMAIL and so on. @throws UsageError */
export function readServer(
  { server: url, ...account }: { [option in 'server' | 'email' | 'password']?: string | undefined },
  env: Terminal['env'],
  variables: string,
): StaffAccount | undefined {
  if (url === undefined) {
    if (account.email === undefined && account.password === undefined) return undefined;
    throw new UsageError('--email and --password are for a running server: add --server URL.');
  }
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new UsageError(`--server takes an address such as http://127.0.0.1:3000, not "${url}".`);
  }
  const email = account.email ?? env[`${variables}_EMAIL`];
  const password = account.password ?? env[`${variables}_PASSWORD`];
  if (email && password) return { url, email, password };
  throw new UsageError(
    `--server needs --email and --password, or ${variables}_EMAIL and ${variables}_PASSWORD, of a recruiter or an administrator.`,
  );
}

/**
 * Runs a command to its exit code: what `run` returns, 130 after Ctrl-C, `failed` after a failure, which is explained;
 * `usage` stands behind the explanation where the command line cannot be followed.
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
      // As shells have it for a command that Ctrl-C ended: 128 + SIGINT.
      return 130;
    }
    printError(explain(error, usage));
    return failed;
  }
}

/** What a person at the terminal reads of an error: one line where it can be mended, else all of it. */
function explain(error: unknown, usage: string): string {
  if (!(error instanceof Error)) return String(error);
  const { message } = error;
  if (error instanceof UsageError) return message + usage;
  if (error instanceof Problem) return message;
  if (error instanceof EmbeddedEngineUnavailable) {
    return `${message} The demo uses that on a running server: npm run demo -- --server URL`;
  }
  // As node's parseArgs throws, of which the first sentence is enough.
  if ('code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
    return `${message.split('. ')[0]}.${usage}`;
  return error.stack ?? message;
}
