import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { describeServer } from './described-server.ts';
import { unexcused } from './excused.ts';

/** Provides the server's documents. After a run of all tests, names what they promise and no test has seen. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const seenFolder = await mkdtemp(path.join(tmpdir(), 'sos-seen-'));
  const { openApi, asyncApi } = describeServer();
  project.provide('openApi', openApi);
  project.provide('asyncApi', asyncApi);
  project.provide('seenFolder', seenFolder);
  return async () => {
    const files = await readdir(seenFolder);
    const seen = await Promise.all(files.map((file) => readFile(path.join(seenFolder, file), 'utf8')));
    await rm(seenFolder, { recursive: true, force: true });
    const { testFiles } = await project.globTestFiles();
    const isWhole = project.vitest.state.getFiles().length === testFiles.length;
    if (!process.env.SEEN && (!isWhole || project.config.testNamePattern)) return;
    const missing = unexcused(openApi, new Set(seen.join('').split('\n')));
    if (missing.length === 0) return;
    console.error(
      `No test has seen these answers; test them, or excuse them in excused.ts:\n${missing.join('\n')}`,
    );
    process.exitCode = 1;
  };
}
