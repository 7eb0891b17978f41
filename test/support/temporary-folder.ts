import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atTheEnd } from './at-the-end.ts';
import { eventually } from './eventually.ts';

/** Makes a folder that is removed at the end. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'observation-test-'));
  atTheEnd(async () => {
    // A killed server's engine needs a moment to notice and to close its files.
    await eventually(() => rm(folder, { recursive: true, force: true }));
  });
  return folder;
}
