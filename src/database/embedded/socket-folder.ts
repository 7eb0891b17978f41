import { rmSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SOCKET_NAME } from './child-protocol.ts';

/** Longest socket path that all supported systems accept, in bytes (macOS 103, Linux 107). */
const SOCKET_PATH_LIMIT = 103;
const LONGEST_SOCKET = '/sos-XXXXXX/embedded-mongodb-XXXXXX/mongodb.sock';

/** By data directory, so that an engine restarted on the same directory has the same address. */
const folders = new Map<string, string>();

// Folders outlive failed starts and crashes of the engine, so they are removed only when this process exits.
process.once('exit', () => {
  for (const folder of folders.values()) rmSync(folder, { recursive: true, force: true });
});

/** The private folder (mode 0700) with the socket of this process's engine on `directory`. */
export async function socketFolderFor(directory: string): Promise<string> {
  const known = folders.get(directory);
  if (known !== undefined && (await stat(known).catch(() => undefined))) return known;
  const fits = Buffer.byteLength(tmpdir() + LONGEST_SOCKET) <= SOCKET_PATH_LIMIT;
  const folder = await mkdtemp(path.join(fits ? tmpdir() : '/tmp', 'sos-'));
  folders.set(directory, folder);
  return folder;
}

export async function removeSocketFolder(directory: string): Promise<void> {
  const folder = folders.get(directory);
  folders.delete(directory);
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
}

/**
 * The URI for a plain `new MongoClient(uri)`. Retryable writes need sessions, which the engine does
 * not support, so they are switched off explicitly.
 */
export function engineUri(socketFolder: string): string {
  const socket = encodeURIComponent(path.join(socketFolder, SOCKET_NAME));
  return `mongodb://${socket}/?directConnection=true&retryWrites=false`;
}
