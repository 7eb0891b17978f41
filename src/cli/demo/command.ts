import { ApiClient } from '../api-client.ts';
import { HELP, type Order, type RemoteServer, readArguments } from './arguments.ts';
import { EventLines } from './event-lines.ts';
import { afterwards, beforehand, type Run } from './hurry.ts';
import { LiveFeed } from './live-feed.ts';
import { startOwnServer } from './own-server.ts';
import { personas } from './personas.ts';
import { planOf, realTimeOf } from './plan.ts';
import { play } from './play.ts';
import { DemoProblem, readable } from './problem.ts';
import { type Metrics, type Profile, profileLines } from './profile.ts';
import { rehearse } from './rehearsal.ts';
import { beginAttempt, chooseTask, logIn } from './staff.ts';
import { COLOURS, LINE_WIDTH, NO_COLOURS, wrap } from './text.ts';

/** What a command line offers. */
export interface Terminal {
  print(line: string): void;
  printError(line: string): void;
  env: NodeJS.ProcessEnv;
  colours: boolean;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
}

/** Milliseconds in which a hurried attempt is played, requests aside. */
const HURRIED_RUN_MS = 4_000;
/** Milliseconds that a request takes, roughly, for saying beforehand what a run is going to show. */
const REQUEST_MS = 10;
/** As shells have it for a command that Ctrl-C ended: 128 + SIGINT. */
const INTERRUPTED = 130;

/** `npm run demo`. @returns the exit code: 0, 1 after a failure that was explained, 130 after Ctrl-C. */
export async function runDemo(args: string[], terminal: Terminal): Promise<number> {
  const { print, printError, env, signal } = terminal;
  let url: string | undefined;
  try {
    const order = readArguments(args, env);
    if (order.kind === 'help') print(HELP);
    if (order.kind === 'list') printPersonas(print);
    if (order.kind === 'play') {
      url = order.server?.url;
      await playOnServer(order, terminal);
    }
    return 0;
  } catch (error) {
    if (signal.aborted) {
      print('Stopped.');
      return INTERRUPTED;
    }
    printError(readable(error, url));
    return 1;
  }
}

type PlayOrder = Order & { kind: 'play' };

async function playOnServer(order: PlayOrder, terminal: Terminal): Promise<void> {
  if (order.server) return demonstrate(order, order.server, terminal);
  terminal.print('Starting a server with a temporary database, which is removed afterwards …');
  const own = await startOwnServer();
  try {
    await demonstrate(order, own, terminal);
  } finally {
    await own.stop();
  }
}

/** One attempt from the token to the printed profile. */
async function demonstrate(order: PlayOrder, server: RemoteServer, terminal: Terminal): Promise<void> {
  const { signal, print } = terminal;
  const paint = terminal.colours ? COLOURS : NO_COLOURS;
  const say = (lines: string[]) => lines.forEach(print);
  const heading = (text: string) => say(['', paint.strong(`── ${text} `.padEnd(LINE_WIDTH, '─'))]);

  signal.throwIfAborted();
  const staff = await logIn(new ApiClient(server.url), server.email, server.password);
  const task = await chooseTask(staff, order.task_code);
  const plan = planOf(order.persona, task);
  const person_ms = realTimeOf(plan);
  const run_ms = order.real_time ? person_ms : Math.min(person_ms, HURRIED_RUN_MS);
  const pace = run_ms / person_ms;
  const run: Run = { person_ms, run_ms, in_real_time: rehearse(plan, task) };

  heading(`The candidate: ${order.persona.name}`);
  say(wrap(order.persona.description));
  say(wrap(`Task: “${task.title}” (${task.task_code}). ${task.description}`));
  if (!task.requires_reasoning) {
    say(wrap('This task asks for no reasons, so what the persona would write is left out.'));
  }
  say(['', ...beforehand(run, rehearse(plan, task, pace, REQUEST_MS), paint)]);

  heading('The attempt, as the live channel tells it');
  const { candidate, attempt_id } = await beginAttempt(staff, task);
  const audience = new EventLines(task, print, paint);
  const feed = new LiveFeed(candidate, attempt_id, (message) => audience.hear(message));
  try {
    await play({ candidate, attempt_id, feed }, plan, { pace, signal, audience });
  } finally {
    feed.close();
  }

  const metrics = await result<Metrics>(staff, `/attempts/${attempt_id}/metrics`);
  const profile = await result<Profile>(staff, `/attempts/${attempt_id}/skills?explain=true`);
  heading('The profile, as a recruiter reads it');
  say(profileLines(metrics, profile, task, paint));
  heading('What this run can tell');
  say(afterwards(run, profile, paint));
  if (order.server) say(wrap(`The attempt stays on the server: ${attempt_id}`, '  '));
}

/** @throws DemoProblem where the results are not there although they were announced; ApiError */
async function result<T extends object>(staff: ApiClient, path: string): Promise<T> {
  const answer = await staff.call<T | { status: 'computing' }>('GET', path);
  if ('status' in answer) throw new DemoProblem(`GET ${path} has no results although they were announced.`);
  return answer;
}

function printPersonas(print: (line: string) => void): void {
  for (const { name, description, shows } of personas) {
    wrap(description, `${name.padEnd(14)}`).forEach(print);
    wrap(`In real time: ${shows.join(', ')}`, ' '.repeat(14)).forEach(print);
  }
}
