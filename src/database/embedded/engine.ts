import type { ChildProcess } from 'node:child_process';
import { access, constants, mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { ChildReport } from './child-protocol.ts';
import { launchChild } from './launch.ts';
import { engineUri, removeSocketFolder, socketFolderFor } from './socket-folder.ts';
import { EmbeddedDirectoryInUse, EmbeddedEngineUnavailable } from './unavailable.ts';

/** Milliseconds that an engine may take to close its files before it is killed. */
const STOP_PATIENCE_MS = 10_000;
/** How many characters of the child's last output are kept: enough to see why it died. */
const STDERR_KEPT = 4_000;

export interface EngineExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A MongoDB engine in a process of its own, which ends when this process does. */
export interface EmbeddedEngine {
  /** For a plain `new MongoClient(uri)`. Stays the same for the same directory until `stop()`. */
  readonly uri: string;
  readonly pid: number;
  /** Resolves when the process has ended for any reason; never rejects. */
  readonly exited: Promise<EngineExit>;
  /** Closes the directory cleanly; kills the engine after 10 s. May be called more than once. */
  stop(): Promise<void>;
}

/**
 * Opens `directory` (created if missing) in a child process and resolves when it accepts connections.
 * If the child dies, it may be called again for the same directory and gives the same `uri`.
 *
 * @throws EmbeddedEngineUnavailable if the engine cannot run on this machine or on this directory.
 * @throws EmbeddedDirectoryInUse if another process keeps the directory open for more than 3 s.
 */
export async function startEmbeddedEngine(options: {
  directory: string;
  log: (message: string) => void;
}): Promise<EmbeddedEngine> {
  const directory = path.resolve(options.directory);
  await makeDirectory(directory);
  const socketFolder = await socketFolderFor(directory);
  const child = await launchChild(directory, socketFolder, options.log);
  const exited = new Promise<EngineExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => resolve({ code: null, signal: null }));
  });
  const report = await awaitReport(child);
  if (report.kind !== 'serving' || child.pid === undefined) {
    await exited;
    if (report.kind === 'in-use') throw new EmbeddedDirectoryInUse(directory, report.holder);
    throw new EmbeddedEngineUnavailable(report.kind === 'failed' ? report.reason : 'it has no process');
  }
  const stop = async () => {
    const running = child.connected;
    // Closing the channel is the only way to stop the engine, so a stop works just like a parent's death.
    if (running) child.disconnect();
    const kill = setTimeout(() => child.kill('SIGKILL'), STOP_PATIENCE_MS);
    await exited;
    clearTimeout(kill);
    // If the engine has died on its own, it may already have a successor at the same address.
    if (running) await removeSocketFolder(directory);
  };
  return { uri: engineUri(socketFolder), pid: child.pid, exited, stop };
}

async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await access(directory, constants.W_OK);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new EmbeddedEngineUnavailable(`its directory cannot be used (${reason})`, { cause: error });
  }
}

/** The child's report, or a description of how it ended if it sent none. */
function awaitReport(child: ChildProcess): Promise<ChildReport> {
  let lastWords = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-STDERR_KEPT);
  });
  return new Promise((resolve) => {
    child.once('message', (message) => resolve(message as ChildReport));
    child.once('error', (error) => resolve({ kind: 'failed', reason: error.message }));
    // 'close' and not 'exit', because only then has all of its standard error arrived.
    child.once('close', (code, signal) => {
      const words = /^\w*Error.*$/m.exec(lastWords)?.[0] ?? lastWords.trim().split('\n').at(-1);
      const reason = `its process ended with ${signal ?? code} (${words || 'no output'})`;
      resolve({ kind: 'failed', reason });
    });
  });
}
