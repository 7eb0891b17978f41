import { parseArgs } from 'node:util';
import type { Persona } from './persona.ts';
import { DEFAULT_PERSONA, personas } from './personas.ts';
import { DemoProblem } from './problem.ts';

export const HELP = `Usage: npm run demo -- [PERSONA] [OPTIONS]

Plays one candidate's whole attempt at a task, shows each event as the server acknowledges it,
and prints the skill profile as a recruiter reads it. Without a persona: ${DEFAULT_PERSONA}.

  --list             show the personas and end
  --real-time        wait as long as a person would, instead of hurrying through in seconds
  --task CODE        the task to play (default: support-backlog, or the first that asks for reasons)
  --server URL       play on a running server, where the attempt stays; without it, the demo
                     starts a server of its own on a temporary database and removes both
  --email ADDRESS    with --server: a recruiter's or administrator's account there
  --password TEXT    its password; the environment variables DEMO_EMAIL and DEMO_PASSWORD
                     do as well and keep it out of the list of processes
  --help             this text

Examples:
  npm run demo
  npm run demo -- analytical --real-time
  npm run demo -- exploratory --task training-budget
  DEMO_EMAIL=… DEMO_PASSWORD=… npm run demo -- decisive --server http://127.0.0.1:3000`;

/** A server that runs already, and staff's account there. */
export interface RemoteServer {
  url: string;
  email: string;
  password: string;
}

export type Order =
  | { kind: 'help' }
  | { kind: 'list' }
  | {
      kind: 'play';
      persona: Persona;
      real_time: boolean;
      task_code: string | undefined;
      /** Absent: a server of the demo's own. */
      server: RemoteServer | undefined;
    };

/** @throws DemoProblem for what is not known, missing or does not go together. */
export function readArguments(args: string[], env: NodeJS.ProcessEnv): Order {
  const { values, positionals } = parsed(args);
  if (values.help) return { kind: 'help' };
  if (values.list) return { kind: 'list' };
  if (positionals.length > 1) {
    throw new DemoProblem(`One persona at a time, not ${positionals.length}: ${positionals.join(', ')}.`);
  }
  const name = positionals[0] ?? DEFAULT_PERSONA;
  const persona = personas.find((known) => known.name === name);
  if (!persona) {
    const names = personas.map((known) => known.name).join(', ');
    throw new DemoProblem(`There is no persona "${name}". There are: ${names}.`);
  }
  return {
    kind: 'play',
    persona,
    real_time: values['real-time'] ?? false,
    task_code: values.task,
    server: remoteServer(values, env),
  };
}

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        list: { type: 'boolean' },
        'real-time': { type: 'boolean' },
        task: { type: 'string' },
        server: { type: 'string' },
        email: { type: 'string' },
        password: { type: 'string' },
      },
    });
  } catch (error) {
    const [firstSentence] = (error as Error).message.split('. ');
    throw new DemoProblem(`${firstSentence}. See npm run demo -- --help`);
  }
}

interface ServerOptions {
  server?: string | undefined;
  email?: string | undefined;
  password?: string | undefined;
}

function remoteServer(options: ServerOptions, env: NodeJS.ProcessEnv): RemoteServer | undefined {
  if (options.server === undefined) {
    if (options.email === undefined && options.password === undefined) return undefined;
    throw new DemoProblem('--email and --password are for a running server: add --server URL.');
  }
  const url = URL.canParse(options.server) ? new URL(options.server) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new DemoProblem(
      `--server must be an address such as http://127.0.0.1:3000, not "${options.server}".`,
    );
  }
  const email = options.email ?? env['DEMO_EMAIL'];
  const password = options.password ?? env['DEMO_PASSWORD'];
  if (!email || !password) {
    throw new DemoProblem(
      'With --server, give a recruiter’s or administrator’s account: --email and --password, or DEMO_EMAIL and DEMO_PASSWORD.',
    );
  }
  return { url: url.href.replace(/\/+$/, ''), email, password };
}
