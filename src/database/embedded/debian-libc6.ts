import { execFile } from 'node:child_process';
import { access, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { childEnvironment } from './child-environment.ts';

const run = promisify(execFile);

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const DEFAULT_MIRROR = 'http://deb.debian.org/debian';
const APT_TIMEOUT_MS = 120_000;

/**
 * Downloads Debian 13's libc6 package with apt, which checks Debian's signature, and returns the
 * file's path. All files that apt reads or writes are under `work`. Of the system's own apt only
 * the mirror, the proxy and the credentials are used; nothing is changed. Needs no root.
 *
 * @throws Error if apt-get or Debian's keyring is missing, or no mirror answers.
 */
export async function fetchLibc6(work: string, architecture: 'amd64' | 'arm64'): Promise<string> {
  await access(KEYRING).catch(() => {
    throw new Error(`Debian's keyring ${KEYRING} is missing`);
  });
  const mirrors = new Set([await systemMirror(), DEFAULT_MIRROR]);
  let problem: unknown;
  for (const mirror of mirrors) {
    try {
      return await downloadFrom(mirror, work, architecture);
    } catch (error) {
      problem ??= error;
    }
  }
  throw problem;
}

async function downloadFrom(mirror: string, work: string, architecture: string): Promise<string> {
  const config = path.join(work, 'apt.conf');
  await mkdir(path.join(work, 'lists', 'partial'), { recursive: true });
  await mkdir(path.join(work, 'cache', 'archives', 'partial'), { recursive: true });
  await writeFile(path.join(work, 'status'), '');
  await writeFile(path.join(work, 'debian-13.sources'), sources(mirror, architecture));
  await writeFile(config, settings(work));
  const apt = (...args: string[]) =>
    run('apt-get', ['-c', config, '-q', ...args], {
      cwd: work,
      timeout: APT_TIMEOUT_MS,
      env: { ...childEnvironment(), LC_ALL: 'C' },
    });
  await apt('update', '--error-on=any');
  await apt('download', `libc6:${architecture}`);
  const deb = (await readdir(work)).find((name) => name.endsWith('.deb'));
  if (deb === undefined) throw new Error('apt-get downloaded nothing');
  return path.join(work, deb);
}

function sources(mirror: string, architecture: string): string {
  return `Types: deb
URIs: ${mirror}
Suites: trixie
Components: main
Architectures: ${architecture}
Signed-By: ${KEYRING}
`;
}

/** apt reads these after the system's settings, so the `#clear` lines remove the system's hooks on update. */
function settings(work: string): string {
  return `#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
APT::Default-Release "";
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::Retries "2";
Acquire::http::Timeout "15";
Dir::State::lists "${work}/lists";
Dir::State::status "${work}/status";
Dir::Cache "${work}/cache";
Dir::Etc::sourcelist "${work}/debian-13.sources";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
`;
}

/** The mirror this Debian gets its own packages from, or the public one. */
async function systemMirror(): Promise<string> {
  try {
    const release = await readFile('/etc/os-release', 'utf8');
    const codename = /^VERSION_CODENAME=(\w+)$/m.exec(release)?.[1];
    if (codename === undefined || !/^ID=debian$/m.test(release)) return DEFAULT_MIRROR;
    const format = ['--format', '$(REPO_URI)'];
    const main = [`Created-By: Packages`, `Release: ${codename}`, 'Component: main'];
    const { stdout } = await run('apt-get', ['indextargets', ...format, ...main], {
      env: childEnvironment(),
    });
    return stdout.split('\n')[0]?.trim().replace(/\/$/, '') || DEFAULT_MIRROR;
  } catch {
    return DEFAULT_MIRROR;
  }
}
