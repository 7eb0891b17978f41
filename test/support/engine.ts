import { startEmbeddedEngine } from '../../src/database/embedded/engine.ts';
import { atTheEnd } from './at-the-end.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Starts an engine for one test, for several servers or a proxy. @returns its address and its socket's path. */
export async function startEngine(): Promise<{ uri: string; socketPath: string; pid: number }> {
  const directory = await temporaryFolder();
  const engine = await startEmbeddedEngine({ directory, log: () => undefined });
  atTheEnd(() => engine.stop());
  const socketPath = decodeURIComponent(/^mongodb:\/\/([^/]+)\//.exec(engine.uri)?.[1] ?? '');
  return { uri: engine.uri, socketPath, pid: engine.pid };
}
