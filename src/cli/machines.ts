import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { machines } from '../../machines/index.ts';
import { picturesOf } from '../inspector/drawing/pictures.ts';
import { pathsReport } from '../inspector/paths-report.ts';

/** npm starts its scripts in the project's folder; the pictures stand beside the sources, not in the build. */
const FOLDER = join(process.cwd(), 'machines');

/** `npm run machines` draws every published machine; with `--paths` it lists how to reach each state instead. */
for (const machine of machines.values()) {
  if (process.argv.includes('--paths')) {
    process.stdout.write(`${pathsReport(machine)}\n`);
    continue;
  }
  for (const [name, content] of await picturesOf(machine)) {
    await writeFile(join(FOLDER, name), content);
    process.stdout.write(`machines/${name}  ${Buffer.byteLength(content)} bytes\n`);
  }
}
