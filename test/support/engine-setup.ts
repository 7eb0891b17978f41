import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbeddedEngine } from '../../src/database/embedded/engine.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** One engine for the whole run; every test file uses its own database. */
    mongodbUri: string;
    /** The documents of the server, with which every answer is compared. */
    openApi: object;
    asyncApi: object;
    /** Where each test file notes what it has seen of them. */
    seenFolder: string;
  }
}

/** Set `TEST_MONGODB_URI` to run the tests against a MongoDB server instead. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const given = process.env.TEST_MONGODB_URI;
  if (given) {
    project.provide('mongodbUri', given);
    return undefined;
  }
  const directory = await mkdtemp(path.join(tmpdir(), 'sos-test-'));
  const engine = await startEmbeddedEngine({ directory, log: (line) => console.log(line) });
  project.provide('mongodbUri', engine.uri);
  return async () => {
    await engine.stop();
    await rm(directory, { recursive: true, force: true });
  };
}
