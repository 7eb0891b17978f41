import { execFile } from 'node:child_process';
import { access, constants, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { childEnvironment } from './child-environment.ts';
import { fetchLibc6 } from './debian-libc6.ts';
import { EmbeddedEngineUnavailable } from './unavailable.ts';

const run = promisify(execFile);

/** Debian's names, by Node's name of the architecture. */
const ARCHITECTURES = {
  x64: { debian: 'amd64', triplet: 'x86_64-linux-gnu', loader: 'ld-linux-x86-64.so.2' },
  arm64: { debian: 'arm64', triplet: 'aarch64-linux-gnu', loader: 'ld-linux-aarch64.so.1' },
} as const;

/**
 * The words to put before `node …` so that it runs with Debian 13's C library. The files are fetched
 * once per machine and kept in a cache folder; delete that folder to fetch them again.
 *
 * @throws EmbeddedEngineUnavailable if they are not there and cannot be fetched.
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
    options.log(
      `Fetching Debian 13's C library into ${newer} for the embedded engine (only once, about 4 s)`,
    );
    const work = await mkdtemp(path.join(cache, 'fetch-'));
    try {
      const deb = await fetchLibc6(work, debian);
      await run('dpkg-deb', ['-x', deb, path.join(work, 'files')], { env: childEnvironment() });
      await putInPlace(path.join(work, 'files', 'usr', 'lib', triplet), newer, loader);
    } catch (error) {
      throw new EmbeddedEngineUnavailable(
        `its library needs glibc 2.38, this system has ${options.glibc}, and fetching the one of Debian 13 failed ` +
          `(${firstProblem(error)})`,
        { cause: error },
      );
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }
  // The other libraries that node needs, libstdc++ and libgcc_s, are the system's own.
  const libraries = [newer, `/lib/${triplet}`, `/usr/lib/${triplet}`].join(':');
  return [path.join(newer, loader), '--library-path', libraries];
}

/** Uses one rename, so that two servers that start at once for the first time never see half a library. */
async function putInPlace(fetched: string, target: string, loader: string): Promise<void> {
  await access(path.join(fetched, loader));
  try {
    await rename(fetched, target);
  } catch (error) {
    // A folder is in the way: another server was faster, or something has emptied an old folder.
    if (await exists(path.join(target, loader))) return;
    if ((await readdir(target).catch(() => undefined)) === undefined) throw error;
    await rm(target, { recursive: true, force: true });
    await rename(fetched, target);
  }
}

/** The user's cache folder or else the database's own directory, but never a place that others can write to. */
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
  if ('code' in error && error.code === 'ENOENT' && 'path' in error) return `${error.path} is missing`;
  const stderr = 'stderr' in error ? String(error.stderr) : '';
  const lines = (stderr || error.message).split('\n').map((line) => line.replace(/^[EW]: /, '').trim());
  return lines.find((line) => line !== '')?.slice(0, 300) ?? 'no reason given';
}
