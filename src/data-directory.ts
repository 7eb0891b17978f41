import { chmod, mkdir, stat } from 'node:fs/promises';
import type { Logger } from 'pino';
import { ConfigurationError } from './config.ts';

/** Permissions of group and others. */
const OF_OTHERS = 0o077;
/** Set on folders that everybody may write to, such as /tmp. */
const STICKY = 0o1000;

/**
 * Makes the data directory, which holds secrets and everything that candidates did, for its owner only (mode 0700). If
 * it is there and open to others, it is closed to them, with one line in the log.
 * @throws ConfigurationError if it cannot be made or closed, or is a folder that others use.
 */
export async function prepareDataDirectory(directory: string, log: Pick<Logger, 'warn'>): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    if ((await stat(directory)).mode & STICKY) {
      throw new ConfigurationError(
        `DATA_DIR: ${directory} is a folder for everybody; name one that only this server uses`,
      );
    }
    await closeToOthers(directory, 0o700, log);
  } catch (error) {
    throw error instanceof ConfigurationError ? error : unusable(directory, error);
  }
}

/** Takes the permissions of all but its owner from a file or folder that others can read, with one line in the log. */
export async function closeToOthers(path: string, wanted: number, log: Pick<Logger, 'warn'>): Promise<void> {
  const { mode } = await stat(path);
  // Windows has no such permissions.
  if (!(mode & OF_OTHERS) || process.platform === 'win32') return;
  await chmod(path, wanted);
  log.warn(
    `${path} was open to other users of this computer (mode ${octal(mode)}); it is now ${octal(wanted)}.`,
  );
}

/** Says why a file or folder under DATA_DIR cannot be used, and what to do about the most frequent reasons. */
export function unusable(path: string, error: unknown): ConfigurationError {
  return new ConfigurationError(`DATA_DIR: ${path} cannot be used: ${reasonOf(error)}`);
}

const octal = (mode: number): string => `0${(mode & 0o777).toString(8)}`;

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return 'it belongs to another user; change its owner, or name another folder';
    case 'ENOTDIR':
    case 'EEXIST':
      return 'a file is in the place of a folder; name another folder';
    case 'EISDIR':
      return 'a folder is in the place of a file; remove it';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full; free some space on it';
    case 'EROFS':
      return 'the file system is read-only; name another folder';
    default:
      return message;
  }
}
