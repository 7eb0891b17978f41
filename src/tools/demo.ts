import { runDemo } from './commands/demo.ts';
import { processTerminal } from './terminal.ts';

/** `npm run demo`: plays one candidate's attempt and prints the profile; see `--help`. */
process.exitCode = await runDemo(process.argv.slice(2), processTerminal());
