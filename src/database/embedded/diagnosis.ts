import { randomUUID } from 'node:crypto';
import { access, constants, open, readdir, rm, statfs } from 'node:fs/promises';
import path from 'node:path';

export interface EngineExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Why the engine ended, and what the operator can do about it: two parts of one sentence. */
export interface Diagnosis {
  reason: string;
  advice: string;
}

/** With less free space than this the engine cannot even open its files: it needs room for its own journal. */
const FREE_SPACE_NEEDED = 32 * 1024 * 1024;
/** Enough to meet the limit of a quota, which the free space of a disk does not show. */
const PROBE_BYTES = 64 * 1024;
const MIB = 1024 * 1024;

const ELSEWHERE = 'set MONGODB_URI to use a MongoDB server instead';

/**
 * Looks for the cause when the engine has ended without a word, as it does when its disk is full or a file is damaged.
 * @param words what its process wrote before it ended, if anything
 */
export async function diagnose(directory: string, exit: EngineExit, words = ''): Promise<Diagnosis> {
  const { code, signal } = exit;
  return (
    (await diagnoseDisk(directory)) ??
    (await diagnosePermissions(directory)) ?? {
      reason: words ? `its process ended with ${signal ?? code} (${words})` : causeOf(exit, directory),
      advice: words ? ELSEWHERE : adviceFor(exit, directory),
    }
  );
}

async function diagnoseDisk(directory: string): Promise<Diagnosis | undefined> {
  const problem = await tryToWrite(directory);
  const full = (free: string): Diagnosis => ({
    reason: `the disk under ${directory} is full (${free})`,
    advice: 'free some space on it',
  });
  if (problem === 'ENOSPC') return full('nothing can be written');
  if (problem === 'EDQUOT') return full('the quota of this user is used up');
  if (problem === 'EROFS') {
    return { reason: `the disk under ${directory} is read-only`, advice: 'make it writable' };
  }
  if (problem === 'EIO') {
    return { reason: `the disk under ${directory} reports errors`, advice: 'check or replace it' };
  }
  const space = await statfs(directory).catch(() => undefined);
  if (!space) return undefined;
  const free = space.bavail * space.bsize;
  return free < FREE_SPACE_NEEDED ? full(`${Math.floor(free / MIB)} MiB are free`) : undefined;
}

/** @returns the error's code, or undefined if a small file can be written */
async function tryToWrite(directory: string): Promise<string | undefined> {
  const probe = path.join(directory, `.probe-${randomUUID()}`);
  try {
    const file = await open(probe, 'wx', 0o600);
    try {
      await file.writeFile(Buffer.alloc(PROBE_BYTES));
      await file.sync();
    } finally {
      await file.close();
    }
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  } finally {
    await rm(probe, { force: true }).catch(() => undefined);
  }
}

/** The first file that the engine may not read and write. */
async function diagnosePermissions(directory: string): Promise<Diagnosis | undefined> {
  const advice = 'make it readable and writable for the user that the server runs as';
  const names = await readdir(directory, { recursive: true }).catch(() => undefined);
  if (!names) return { reason: `${directory} cannot be read`, advice };
  for (const name of ['', ...names]) {
    const file = path.join(directory, name);
    const problem = await access(file, constants.R_OK | constants.W_OK).catch(
      (error: NodeJS.ErrnoException) => error,
    );
    // The engine's own temporary files may have gone by now.
    if (problem && problem.code !== 'ENOENT') return { reason: `${file} belongs to another user`, advice };
  }
  return undefined;
}

function causeOf({ code, signal }: EngineExit, directory: string): string {
  if (signal === 'SIGKILL') return 'its process was killed from outside';
  if (signal === 'SIGILL') return 'its library uses instructions that this processor does not have';
  if (signal === 'SIGABRT' || code !== null) {
    return `a file in ${directory} is damaged, missing or from another version (the engine ended with ${signal ?? code})`;
  }
  return `its process crashed (${signal ?? 'it could not be run'})`;
}

function adviceFor({ code, signal }: EngineExit, directory: string): string {
  if (signal === 'SIGKILL') return 'look whether the system ran out of memory';
  if (signal === 'SIGABRT' || code !== null) {
    return `put back a backup of ${directory}, or move it away to begin with an empty database`;
  }
  return ELSEWHERE;
}
