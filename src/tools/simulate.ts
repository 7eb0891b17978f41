import { runSimulate } from './commands/simulate.ts';
import { processTerminal } from './terminal.ts';

/** `npm run simulate -- FILE…` plays scenario files; `--help` tells the rest. */
process.exitCode = await runSimulate(process.argv.slice(2), processTerminal());
