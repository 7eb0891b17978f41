import type { ChildProcess } from 'node:child_process';
import { access, constants, mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { ChildReport } from './child-protocol.ts';
import { diagnose, type EngineExit } from './diagnosis.ts';
import { launchChild } from './launch.ts';
import { engineUri, removeSocketFolder, socketFolderFor } from './socket-folder.ts';
import { EmbeddedDirectoryInUse, EmbeddedEngineUnavailable } from './unavailable.ts';

/** Milliseconds that an engine may take to close its files before it is killed. */
const STOP_PATIENCE_MS = 10_000;
/** How many characters of the child's last output are kept: enough to see why it died. */
const STDERR_KEPT = 4_000;

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
    const exit = await exited;
    if (report.kind === 'in-use') throw new EmbeddedDirectoryInUse(directory, report.holder);
    if (report.kind === 'failed') throw new EmbeddedEngineUnavailable(report.reason);
    const words = report.kind === 'ended' ? report.words : 'it has no process';
    throw new EmbeddedEngineUnavailable(await diagnose(directory, exit, words));
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

/** It ended without a report; `words` is the most telling line of what it wrote, or empty. */
interface Ended {
  readonly kind: 'ended';
  readonly words: string;
}

/** The child's report, or what it wrote if it ended without one. */
function awaitReport(child: ChildProcess): Promise<ChildReport | Ended> {
  let lastWords = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-STDERR_KEPT);
  });
  return new Promise((resolve) => {
    child.once('message', (message) => resolve(message as ChildReport));
    child.once('error', (error) => resolve({ kind: 'failed', reason: error.message }));
    // 'close' and not 'exit', because only then has all of its standard error arrived.
    child.once('close', () => {
      const words = /^\w*Error.*$/m.exec(lastWords)?.[0] ?? lastWords.trim().split('\n').at(-1) ?? '';
      resolve({ kind: 'ended', words });
    });
  });
}
