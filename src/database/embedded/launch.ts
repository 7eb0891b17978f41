import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { newerLoader } from './newer-loader.ts';
import { EmbeddedEngineUnavailable } from './unavailable.ts';

/** The oldest C library the engine's binary loads with. */
const GLIBC_NEEDED: readonly [number, number] = [2, 38];
const PLATFORMS = ['linux-x64', 'linux-arm64', 'darwin-arm64'];

/**
 * Starts `child.ts` (or the `child.js` it was compiled to) beside this module, through a newer
 * loader where the system's C library is too old.
 *
 * @throws EmbeddedEngineUnavailable where the library does not run and cannot be made to.
 */
export async function launchChild(
  directory: string,
  socketFolder: string,
  log: (message: string) => void,
): Promise<ChildProcess> {
  const prefix = await loaderPrefix(directory, log);
  const [command = process.execPath, ...args] = [
    ...prefix,
    process.execPath,
    ...childEntry(),
    directory,
    socketFolder,
  ];
  // NODE_OPTIONS may open an inspector port or preload hooks meant for the server alone.
  const { NODE_OPTIONS: _, ...env } = process.env;
  return spawn(command, args, { env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
}

/** Empty where the system's own C library will do. */
async function loaderPrefix(directory: string, log: (message: string) => void): Promise<string[]> {
  const platform = `${process.platform}-${process.arch}`;
  if (!PLATFORMS.includes(platform)) {
    throw new EmbeddedEngineUnavailable(`its library is not made for ${platform}`);
  }
  if (process.platform !== 'linux') return [];
  const glibc = glibcVersion();
  if (glibc === undefined) {
    throw new EmbeddedEngineUnavailable('its library needs glibc, which this system does not use');
  }
  return isRecent(glibc) ? [] : newerLoader({ glibc, fallbackFolder: directory, log });
}

function glibcVersion(): string | undefined {
  // Node types the report as a bare object; its header is documented.
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime;
}

function isRecent(glibc: string): boolean {
  const [major = 0, minor = 0] = glibc.split('.').map(Number);
  return major > GLIBC_NEEDED[0] || (major === GLIBC_NEEDED[0] && minor >= GLIBC_NEEDED[1]);
}

function childEntry(): string[] {
  if (!import.meta.url.endsWith('.ts')) return [beside('child.js')];
  // Under vitest `import.meta.resolve` is missing, `require.resolve` works everywhere.
  const tsx = createRequire(import.meta.url).resolve('tsx');
  return ['--import', pathToFileURL(tsx).href, beside('child.ts')];
}

function beside(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
