import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { atTheEnd } from '../support/at-the-end.ts';
import { eventually } from '../support/eventually.ts';
import { startServerProcess } from '../support/server-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SECRET = 'a secret of more than thirty-two bytes, for tests only';
const environment = (env: Record<string, string>) => ({
  PATH: process.env['PATH'],
  HOME: process.env['HOME'],
  HOST: '127.0.0.1',
  PORT: '0',
  LOG_LEVEL: 'warn',
  ...env,
});

/** Runs the server until it ends. @returns what it said, and its exit code */
async function runToItsEnd(env: Record<string, string>): Promise<{ said: string; code: number | null }> {
  const child = spawn(process.execPath, ['dist/src/main.js'], { cwd: ROOT, env: environment(env) });
  atTheEnd(() => void child.kill('SIGKILL'));
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  const [code] = await once(child, 'close');
  return { said, code };
}

describe('a start that an operator can mend ends with a sentence and no stack trace', () => {
  it.each([
    ['an unknown NODE_ENV', { NODE_ENV: 'staging' }, /NODE_ENV: must be development, test or production/],
    ['a host of another computer', { HOST: '203.0.113.9' }, /HOST=203\.0\.113\.9 is not an address of this/],
    ['a data directory that is a file', { DATA_DIR: 'package.json' }, /package\.json cannot be used: a file/],
    ['a data directory for everybody', { DATA_DIR: '/tmp' }, /\/tmp is a folder for everybody/],
    ['a MONGODB_URI where nothing answers', { MONGODB_URI: 'mongodb://127.0.0.1:9' }, /Nothing answers at/],
    ['a MONGODB_URI without an address', { MONGODB_URI: 'mongodb+srv://no.invalid' }, /has no address/],
    ['a MONGODB_URI with a wrong port', { MONGODB_URI: 'mongodb://a:99999' }, /MONGODB_URI is not valid/],
    ['a MONGODB_URI with a wrong option', { MONGODB_URI: 'mongodb://a/?b=1' }, /option b is not supported/],
    [
      'a certificate that is not there',
      { MONGODB_URI: 'mongodb://127.0.0.1:9/?tls=true&tlsCAFile=/nowhere' },
      /A file named by the settings cannot be opened: .*\/nowhere/,
    ],
  ])('given %s', async (_, env, sentence) => {
    const { said, code } = await runToItsEnd({ DATA_DIR: await temporaryFolder(), ...env });
    expect(said).toMatch(sentence);
    expect(said).not.toMatch(/^ {4}at /m);
    expect(code).toBe(1);
  });

  it('given a port in use, a secret that cannot be read, damaged files', async () => {
    const DATA_DIR = await temporaryFolder();
    const server = await startServerProcess({ DATA_DIR });
    const { port } = new URL(server.url);
    const elsewhere = await temporaryFolder();
    expect((await runToItsEnd({ DATA_DIR: elsewhere, PORT: port })).said).toContain(
      `Port ${port} is already in use; set PORT to another one`,
    );
    await server.terminate();

    await rm(join(elsewhere, 'jwt-secret'));
    await mkdir(join(elsewhere, 'jwt-secret'));
    expect((await runToItsEnd({ DATA_DIR: elsewhere })).said).toMatch(/jwt-secret cannot be used: a folder/);

    for (const name of ['WiredTiger.turtle', 'storage.bson', 'WiredTiger.wt']) {
      const damaged = await temporaryFolder();
      await cp(DATA_DIR, damaged, { recursive: true });
      await writeFile(join(damaged, 'mongodb', name), 'damaged');
      const { said, code } = await runToItsEnd({ DATA_DIR: damaged, JWT_SECRET: SECRET });
      expect(said).toContain(`a file in ${join(damaged, 'mongodb')} is damaged`);
      expect(said).toContain('put back a backup');
      expect(said).not.toMatch(/no output|^ {4}at /m);
      expect(code).toBe(1);
    }
  });
});

describe('the log', () => {
  const request = async (url: string) => (await fetch(`${url}/healthz`)).status;

  it('given a reader that stops reading, then the server goes on, and says afterwards how many lines were lost', async () => {
    const child = spawn(process.execPath, ['dist/src/main.js'], {
      cwd: ROOT,
      env: environment({ DATA_DIR: await temporaryFolder(), LOG_LEVEL: 'debug' }),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    atTheEnd(() => void child.kill('SIGKILL'));
    let said = '';
    child.stdout.on('data', (text) => (said += text));
    await eventually(() => expect(said).toContain('Listening on'));
    const url = /Listening on (\S+)/.exec(said)?.[1] ?? '';

    child.stdout.pause();
    // Each request is a line of some 100 bytes: more in all than a pipe and the server keep for a reader.
    for (let round = 0; round < 150; round += 1) {
      await Promise.all(Array.from({ length: 40 }, () => request(url)));
    }
    expect(await request(url)).toBe(200);
    said = '';
    child.stdout.resume();
    await eventually(async () => {
      await request(url);
      expect(said).toMatch(/"msg":"\d+ log lines were dropped/);
    });
    // Every line is whole, also around what was dropped.
    for (const line of said.split('\n').slice(1, -1)) expect(() => JSON.parse(line)).not.toThrow();
    child.stdout.destroy();
    for (let round = 0; round < 3; round += 1) await request(url);
    expect(await request(url)).toBe(200);
    await endsInOrder(child);
  });

  it('given a full disk under it, then the server starts, serves and stops', async () => {
    const full = await open('/dev/full', 'w');
    const port = '4719';
    const child = spawn(process.execPath, ['dist/src/main.js'], {
      cwd: ROOT,
      env: environment({ DATA_DIR: await temporaryFolder(), LOG_LEVEL: 'info', PORT: port }),
      stdio: ['ignore', full.fd, full.fd],
    });
    atTheEnd(async () => {
      child.kill('SIGKILL');
      await full.close();
    });
    await eventually(async () => expect(await request(`http://127.0.0.1:${port}`)).toBe(200));
    await endsInOrder(child);
  });
});

async function endsInOrder(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM');
  if (child.exitCode === null) await once(child, 'exit');
  expect(child.exitCode).toBe(0);
}

/** Whether a process of this id is running. */
const isRunning = async (pid: number): Promise<boolean> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return status !== '' && !/^State:\s+Z/m.test(status);
};
const childrenOf = async (pid: number): Promise<number[]> => {
  const list = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const children = list.split(' ').filter(Boolean).map(Number);
  return [...children, ...(await Promise.all(children.map(childrenOf))).flat()];
};

it('given npm start, when npm alone gets SIGTERM, then the server and its engine end in order', async () => {
  const DATA_DIR = await temporaryFolder();
  const npm = spawn('npm', ['start'], {
    cwd: ROOT,
    env: environment({ DATA_DIR, LOG_LEVEL: 'info' }),
    detached: true,
  });
  atTheEnd(() => {
    // Whatever is left of its process group.
    try {
      process.kill(-(npm.pid ?? 0), 'SIGKILL');
    } catch {}
  });
  let said = '';
  npm.stdout.on('data', (text) => (said += text));
  await eventually(() => expect(said).toContain('Listening on'));
  const started = await childrenOf(npm.pid ?? 0);
  expect(started.length).toBeGreaterThanOrEqual(2);
  npm.kill('SIGTERM');
  await once(npm, 'exit');
  await eventually(async () => expect(await Promise.all(started.map(isRunning))).not.toContain(true));
  expect(said).toContain('"signal":"SIGTERM","msg":"Stopping"');
});

it('gives its engine none of its secrets', async () => {
  const server = await startServerProcess({
    SOME_API_KEY: 'a secret of the host',
    NODE_OPTIONS: '--no-warnings',
  });
  const passed = await readFile(`/proc/${server.enginePid}/environ`, 'utf8');
  const names = passed.split('\0').map((line) => line.split('=')[0]);
  expect(names).toContain('PATH');
  for (const name of [
    'JWT_SECRET',
    'ADMIN_PASSWORD',
    'ADMIN_EMAIL',
    'SOME_API_KEY',
    'NODE_OPTIONS',
    'DATA_DIR',
  ]) {
    expect(names).not.toContain(name);
  }
});

/** A small disk of its own; undefined where this process may not mount one. */
async function smallDisk(): Promise<string | undefined> {
  const folder = await temporaryFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=40m', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  atTheEnd(() => void execFileSync('umount', ['-l', folder]));
  return folder;
}
const disk = await smallDisk();

it.skipIf(!disk)(
  'given a full disk under the engine, then it is said in words, and free space mends it',
  async () => {
    // Made elsewhere, because MongoDB builds no index with less than 500 MB of free space.
    const made = await temporaryFolder();
    const maker = await startServerProcess({ DATA_DIR: made });
    await maker.terminate();
    const DATA_DIR = join(disk ?? '', 'data');
    await cp(made, DATA_DIR, { recursive: true });

    const server = await startServerProcess({ DATA_DIR });
    expect((await stat(DATA_DIR)).mode & 0o777).toBe(0o700);
    const ballast = join(disk ?? '', 'ballast');
    await writeFile(ballast, Buffer.alloc(64 * 1024 * 1024)).catch(() => undefined);
    server.killEngine();
    await eventually(() =>
      expect(server.output).toMatch(/the disk under \S+ is full \(.*\); free some space on it/),
    );
    expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    await rm(ballast);
    await eventually(async () => expect((await fetch(`${server.url}/readyz`)).status).toBe(200));
    expect(server.output).not.toMatch(/no output|no words/);
    expect((await server.terminate()).code).toBe(0);
  },
);
