import { runDemo } from './demo/command.ts';

/** `npm run demo`: plays one candidate's attempt and prints the profile; see `--help`. */
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
// A reader such as `head` that has had enough ends the demo as Ctrl-C does.
process.stdout.on('error', () => interrupted.abort());

process.exitCode = await runDemo(process.argv.slice(2), {
  print: (line) => void process.stdout.write(`${line}\n`),
  printError: (line) => void process.stderr.write(`${line}\n`),
  env: process.env,
  // https://no-color.org: set to anything but the empty string, it means no.
  colours: process.stdout.isTTY === true && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb',
  signal: interrupted.signal,
});
