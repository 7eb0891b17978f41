import { execFile } from 'node:child_process';
import { access, constants, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { fetchLibc6 } from './debian-libc6.ts';
import { EmbeddedEngineUnavailable } from './unavailable.ts';

const run = promisify(execFile);

/** Debian's names for what Node calls the architecture. */
const ARCHITECTURES = {
  x64: { debian: 'amd64', triplet: 'x86_64-linux-gnu', loader: 'ld-linux-x86-64.so.2' },
  arm64: { debian: 'arm64', triplet: 'aarch64-linux-gnu', loader: 'ld-linux-aarch64.so.1' },
} as const;

/**
 * The words to put before `node …` so that it runs on Debian 13's C library. The files are fetched
 * on the first call on a machine and kept in a cache folder; delete that folder to fetch them anew.
 *
 * @throws EmbeddedEngineUnavailable when they can neither be found nor fetched.
 */
export async function newerLoader(options: {
  glibc: string;
  fallbackFolder: string;
  log: (message: string) => void;
}): Promise<string[]> {
  const { debian, triplet, loader } = ARCHITECTURES[process.arch === 'arm64' ? 'arm64' : 'x64'];
  const cache = await cacheFolder(options.fallbackFolder);
  const newer = path.join(cache, `debian-13-libc6-${debian}`);
  if (!(await exists(path.join(newer, loader)))) {
    options.log(`Fetching Debian 13's C library into ${newer} for the embedded engine (once, about 4 s)`);
    const work = await mkdtemp(path.join(cache, 'fetch-'));
    try {
      const deb = await fetchLibc6(work, debian);
      await run('dpkg-deb', ['-x', deb, path.join(work, 'files')]);
      await putInPlace(path.join(work, 'files', 'usr', 'lib', triplet), newer, loader);
    } catch (error) {
      throw new EmbeddedEngineUnavailable(
        `its library needs glibc 2.38, this system has ${options.glibc}, and fetching Debian 13's failed ` +
          `(${firstProblem(error)})`,
        { cause: error },
      );
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }
  // The rest of what node needs, libstdc++ and libgcc_s, is the system's own.
  const libraries = [newer, `/lib/${triplet}`, `/usr/lib/${triplet}`].join(':');
  return [path.join(newer, loader), '--library-path', libraries];
}

/** One rename, so that two servers starting for the first time at once do not see half a library. */
async function putInPlace(fetched: string, target: string, loader: string): Promise<void> {
  await access(path.join(fetched, loader));
  try {
    await rename(fetched, target);
  } catch (error) {
    // A folder is in the way: another server was quicker, or a clean-up emptied an old one.
    if (await exists(path.join(target, loader))) return;
    if ((await readdir(target).catch(() => undefined)) === undefined) throw error;
    await rm(target, { recursive: true, force: true });
    await rename(fetched, target);
  }
}

/** The database's own directory is the last choice: never a shared place others could write to. */
async function cacheFolder(fallbackFolder: string): Promise<string> {
  const xdg = process.env.XDG_CACHE_HOME;
  const base = xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(homedir(), '.cache');
  const wanted = path.join(base, 'skill-observation-server');
  try {
    await mkdir(wanted, { recursive: true, mode: 0o700 });
    await access(wanted, constants.W_OK);
    return wanted;
  } catch {
    const instead = path.join(fallbackFolder, '.cache');
    await mkdir(instead, { recursive: true, mode: 0o700 });
    return instead;
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

function firstProblem(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'ENOENT' && 'path' in error) return `no ${error.path} here`;
  const stderr = 'stderr' in error ? String(error.stderr) : '';
  const lines = (stderr || error.message).split('\n').map((line) => line.replace(/^[EW]: /, '').trim());
  return lines.find((line) => line !== '')?.slice(0, 300) ?? 'no reason given';
}
