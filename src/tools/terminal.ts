import { styleText } from 'node:util';
import type { Paint } from './report/text.ts';

/** What a command has of the world around it. */
export interface Terminal {
  print(line: string): void;
  printError(line: string): void;
  env: Record<string, string | undefined>;
  paint: Paint;
  /** Aborted by Ctrl-C, and when the terminal is closed. */
  signal: AbortSignal;
}

export function processTerminal(): Terminal {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => interrupted.abort());
  // A reader such as `head` that has had enough ends the command as Ctrl-C does.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => interrupted.abort());
  return {
    print: (line) => void process.stdout.write(`${line}\n`),
    printError: (line) => void process.stderr.write(`${line}\n`),
    env: process.env,
    // Node looks at NO_COLOR, FORCE_COLOR and TERM; a stream that is not a terminal has no such method.
    paint: process.stdout.hasColors?.() ? styleText : plain,
    signal: interrupted.signal,
  };
}

export const plain: Paint = (_, text) => text;
