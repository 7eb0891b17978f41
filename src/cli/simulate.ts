import { simulate } from './simulate/command.ts';

/** `npm run simulate -- FILE…` plays scenario files; `--help` tells the rest. */
process.exitCode = await simulate(process.argv.slice(2), {
  env: process.env,
  print: (text) => process.stdout.write(text),
  complain: (text) => process.stderr.write(text),
});
