import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { childEnvironment } from './child-environment.ts';
import { newerLoader } from './newer-loader.ts';
import { EmbeddedEngineUnavailable } from './unavailable.ts';

/** The oldest C library that the engine's binary works with. */
const GLIBC_NEEDED: readonly [number, number] = [2, 38];
const PLATFORMS = ['linux-x64', 'linux-arm64', 'darwin-arm64'];

/**
 * Starts `child.ts` next to this module (or the compiled `child.js`). If the system's C library is
 * too old, it is started through a newer loader.
 *
 * @throws EmbeddedEngineUnavailable if the library cannot run on this machine.
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
  return spawn(command, args, { env: childEnvironment(), stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
}

/** The words to put before the command; empty if the system's own C library is new enough. */
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
  // Node's types declare the report only as `object`; its header is documented.
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime;
}

function isRecent(glibc: string): boolean {
  const [major = 0, minor = 0] = glibc.split('.').map(Number);
  return major > GLIBC_NEEDED[0] || (major === GLIBC_NEEDED[0] && minor >= GLIBC_NEEDED[1]);
}

function childEntry(): string[] {
  if (!import.meta.url.endsWith('.ts')) return [beside('child.js')];
  // `import.meta.resolve` is missing under vitest; `require.resolve` works everywhere.
  const tsx = createRequire(import.meta.url).resolve('tsx');
  return ['--import', pathToFileURL(tsx).href, beside('child.ts')];
}

function beside(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
