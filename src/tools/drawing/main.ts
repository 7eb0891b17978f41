import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { machines } from '../../../machines/index.ts';
import { pathsReport } from './paths-report.ts';
import { picturesOf } from './pictures.ts';

/** npm starts its scripts in the project's folder; the pictures stand beside the sources, not in the build. */
const FOLDER = join(process.cwd(), 'machines');

const USAGE = `npm run machines              draws every published machine (machines/*.svg, *.mmd)
npm run machines -- --paths   lists the shortest way to every state, and what each state refuses
`;

/** `npm run machines` draws every published machine; with `--paths` it lists how to reach each state instead. */
const wanted = process.argv.slice(2);
const unknown = wanted.find((option) => option !== '--paths');
if (unknown) {
  (unknown === '--help' ? process.stdout : process.stderr).write(USAGE);
  process.exit(unknown === '--help' ? 0 : 2);
}
for (const machine of machines.values()) {
  if (wanted.includes('--paths')) {
    process.stdout.write(`${pathsReport(machine)}\n`);
    continue;
  }
  for (const [name, content] of await picturesOf(machine)) {
    await writeFile(join(FOLDER, name), content);
    process.stdout.write(`machines/${name}  ${Buffer.byteLength(content)} bytes\n`);
  }
}
