import { Bench } from './bench.ts';
import { readOptions, type SectionName, USAGE } from './options.ts';
import { Report } from './report.ts';
import { completion } from './sections/completion.ts';
import { history } from './sections/history.ts';
import { live } from './sections/live.ts';
import { longAttempts } from './sections/long-attempts.ts';
import { memory } from './sections/memory.ts';
import { throughput } from './sections/throughput.ts';

/** In the order of their letters; some letters share a run. */
const SECTIONS: [letters: SectionName[], run: (bench: Bench) => Promise<void>][] = [
  [['a', 'b'], throughput],
  [['c'], live],
  [['d'], memory],
  [['e'], longAttempts],
  [['f'], completion],
  [['g', 'h'], history],
];

if (process.argv.includes('--help')) {
  console.log(USAGE);
  process.exit(0);
}
const options = readOptions(process.argv.slice(2));
const report = new Report();
const bench = await Bench.start(options, report);
try {
  for (const [letters, run] of SECTIONS) {
    if (letters.some((letter) => options.only.includes(letter))) await run(bench);
  }
} finally {
  await bench.stop();
}
await report.write('test/output/bench.json', options);
process.exit(process.exitCode);
