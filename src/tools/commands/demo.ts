import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { withOwnServer } from '../player/own-server.ts';
import { play } from '../player/play.ts';
import { serverStage } from '../player/server-stage.ts';
import { chooseTask, logIn, type StaffAccount } from '../player/staff.ts';
import { rehearse } from '../player/virtual-stage.ts';
import { Problem } from '../problem.ts';
import { liveTelling } from '../report/live-telling.ts';
import { afterwards, beforehand } from '../report/pace.ts';
import { profileLines } from '../report/profile.ts';
import { duration, LINE_WIDTH, wrap } from '../report/text.ts';
import { scenarioOf } from '../scenario/persona-scenario.ts';
import { DEFAULT_PERSONA, type Persona, personas } from '../scenario/personas.ts';
import type { Terminal } from '../terminal.ts';
import { COMMON_OPTIONS, FLAG, readServer, runCommand, TEXT } from './command-line.ts';

const HELP = `Usage: npm run demo -- [PERSONA] [OPTIONS]

Plays one candidate's whole attempt at a task, shows each event as the server
acknowledges it, and prints the skill profile as a recruiter reads it. Without
a persona: ${DEFAULT_PERSONA}.

  --list             show the personas and end
  --real-time        wait as long as a person would, instead of hurrying
                     through in seconds
  --task CODE        the task to play (default: support-backlog, or the first
                     that asks for reasons)
  --server URL       play on a running server, where the attempt stays; without
                     it, the demo starts a server of its own on a temporary
                     database and removes both
  --email ADDRESS    with --server: a recruiter's or administrator's account
  --password TEXT    its password; the environment variables DEMO_EMAIL and
                     DEMO_PASSWORD do as well and keep it out of the list of
                     processes
  --help             this text

Examples:
  npm run demo
  npm run demo -- analytical --real-time
  npm run demo -- exploratory --task training-budget
  DEMO_EMAIL=… DEMO_PASSWORD=… npm run demo -- --server http://127.0.0.1:3000`;

/** Milliseconds in which a hurried attempt is played, requests aside. */
const HURRIED_RUN_MS = 4_000;

/** `npm run demo`. @returns the exit code: 0, 1 after a failure that was explained, 130 after Ctrl-C. */
export function runDemo(args: string[], terminal: Terminal): Promise<number> {
  const { print } = terminal;
  return runCommand(terminal, { failed: 1, usage: ' See npm run demo -- --help' }, async () => {
    const options = { ...COMMON_OPTIONS, list: FLAG, 'real-time': FLAG, task: TEXT };
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    if (values.help) print(HELP);
    else if (values.list) personas.flatMap(introduce).forEach(print);
    else {
      const persona = personaNamed(positionals);
      const server = readServer(values, terminal.env, 'DEMO');
      if (server) {
        const attempt_id = await demonstrate(persona, values, server, terminal);
        print(`  The attempt stays on the server: ${attempt_id}`);
      } else {
        print('Starting a server with a temporary database, which is removed afterwards …');
        await withOwnServer((own) => demonstrate(persona, values, own, terminal));
      }
    }
    return 0;
  });
}

function personaNamed(names: readonly string[]): Persona {
  const [name = DEFAULT_PERSONA, another] = names;
  if (another) throw new Problem(`One persona at a time, not ${names.length}: ${names.join(', ')}.`);
  const persona = personas.find((each) => each.name === name);
  if (persona) return persona;
  const known = personas.map((each) => each.name).join(', ');
  throw new Problem(`There is no persona "${name}". There are: ${known}.`);
}

const introduce = ({ name, description, shows }: Persona): string[] => [
  ...wrap(description, name.padEnd(14)),
  ...wrap(`In real time: ${shows.join(', ')}`, ' '.repeat(14)),
];

/** One attempt from the token to the printed profile. @returns its id */
async function demonstrate(
  persona: Persona,
  wish: { 'real-time'?: boolean; task?: string },
  server: StaffAccount,
  terminal: Terminal,
): Promise<string> {
  const { signal, print, paint } = terminal;
  const say = (lines: string[]) => lines.forEach((line) => void print(line));
  const heading = (text: string) => say(['', paint('bold', `── ${text} `.padEnd(LINE_WIDTH, '─'))]);

  signal.throwIfAborted();
  const staff = await logIn(server);
  const task = await chooseTask(staff, wish.task);
  const inRealTime = scenarioOf(persona, task);
  const person_ms = inRealTime.steps.at(-1)?.at ?? 0;
  const pace = wish['real-time'] ? 1 : Math.min(1, HURRIED_RUN_MS / person_ms);
  const scenario = scenarioOf(persona, task, pace);
  const { profile: in_real_time } = await rehearse(inRealTime);
  const run = { person_ms, run_ms: person_ms * pace, in_real_time };

  heading(`The candidate: ${persona.name}`);
  say(wrap(persona.description));
  const limit = task.time_limit_seconds ? `, limit: ${duration(task.time_limit_seconds * 1_000)}` : '';
  say(wrap(`Task: “${task.title}” (${task.task_code}${limit}). ${task.description}`));
  if (!task.requires_reasoning) {
    say(wrap('This task asks for no reasons, so what the persona would write is left out.'));
  }
  say(['', ...beforehand(run, (await rehearse(scenario)).profile, paint)]);

  heading('The attempt, as the live channel tells it');
  const stage = await serverStage(staff, task.task_id, signal);
  const telling = liveTelling(stage, task, terminal);
  const metadata = { client_session_id: randomUUID(), user_agent: 'skill-observation-demo' };
  const steps = scenario.steps.map((step) => ({ ...step, client_event_id: randomUUID(), metadata }));
  const performance = telling.open().then(() => play({ steps }, stage, telling));
  const { results } = await performance.finally(telling.close);
  if (!results) throw new Problem('The server has no results although it announced them.');

  heading('The profile, as a recruiter reads it');
  say(profileLines(results, paint));
  heading('What this run can tell');
  say(afterwards(run, results.profile, paint));
  return stage.attempt_id;
}
