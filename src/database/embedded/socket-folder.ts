import { rmSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SOCKET_NAME } from './child-protocol.ts';

/** Longest socket path every supported system takes, in bytes (macOS 103, Linux 107). */
const SOCKET_PATH_LIMIT = 103;
const LONGEST_SOCKET = '/sos-XXXXXX/embedded-mongodb-XXXXXX/mongodb.sock';

/** By data directory: an engine restarted on the same directory is found at the same address. */
const folders = new Map<string, string>();

// Kept over failed starts and crashes of the engine, so that a restart keeps the address.
process.once('exit', () => {
  for (const folder of folders.values()) rmSync(folder, { recursive: true, force: true });
});

/** The private folder (0700) in which this process's engine on `directory` has its socket. */
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
 * What a plain `new MongoClient(uri)` needs. Retryable writes need sessions, which the engine has
 * not; the driver would notice, the option says so.
 */
export function engineUri(socketFolder: string): string {
  const socket = encodeURIComponent(path.join(socketFolder, SOCKET_NAME));
  return `mongodb://${socket}/?directConnection=true&retryWrites=false`;
}
