import { parseArgs } from 'node:util';

export const USAGE = `Plays scenario files and compares what comes out with what they expect.

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

/** How the command was called. */
export interface Arguments {
  files: string[];
  json: boolean;
  quiet: boolean;
  help: boolean;
  server?: { url: string; email: string; password: string };
  toleranceMs: number;
}

/** The command line cannot be followed; the message says why. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError */
export function readArguments(args: string[], env: Record<string, string | undefined>): Arguments {
  const { values, positionals } = parsed(args);
  const { server: url, email = env['SIMULATE_EMAIL'], password = env['SIMULATE_PASSWORD'] } = values;
  const toleranceMs = Number(values.tolerance ?? 500);
  if (!Number.isFinite(toleranceMs) || toleranceMs < 0)
    throw new UsageError('--tolerance takes milliseconds.');
  const common = {
    files: positionals,
    json: values.json ?? false,
    quiet: values.quiet ?? false,
    help: values.help ?? false,
    toleranceMs,
  };
  if (!common.help && positionals.length === 0) throw new UsageError('Name at least one scenario file.');
  if (url === undefined) return common;
  if (!URL.canParse(url) || !/^https?:/.test(url)) {
    throw new UsageError('--server takes an address such as http://127.0.0.1:3000.');
  }
  if (!email || !password) {
    throw new UsageError('--server needs --email and --password, or SIMULATE_EMAIL and SIMULATE_PASSWORD.');
  }
  return { ...common, server: { url, email, password } };
}

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        server: { type: 'string' },
        email: { type: 'string' },
        password: { type: 'string' },
        tolerance: { type: 'string' },
        json: { type: 'boolean' },
        quiet: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
