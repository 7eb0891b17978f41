import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startEmbeddedEngine } from '../../src/database/embedded/engine.ts';
import { atTheEnd } from '../support/database.ts';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
export const ADMIN = { email: 'admin@example.com', password: 'correct horse battery staple' };
/** Milliseconds; generous, because other work may share the machine. */
const START_DEADLINE_MS = 30_000;

/** The compiled server as a process of its own, as it runs in production. */
export class ServerProcess {
  readonly #env: NodeJS.ProcessEnv;
  #child: ChildProcess | undefined;
  #url = '';
  /** Everything it has said since its first start. */
  output = '';

  constructor(env: Record<string, string>) {
    this.#env = {
      PATH: process.env['PATH'],
      TMPDIR: tmpdir(),
      HOME: process.env['HOME'],
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: '0',
      JWT_SECRET: 'a secret of more than thirty-two bytes, for tests only',
      ADMIN_EMAIL: ADMIN.email,
      ADMIN_PASSWORD: ADMIN.password,
      RATE_LIMITS: 'off',
      LOG_LEVEL: 'warn',
      ...env,
    };
  }

  /** Where it listens; another port after each start. */
  get url(): string {
    return this.#url;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** The embedded engine's process. @throws while there is none. */
  get enginePid(): number {
    const children = readFileSync(`/proc/${this.pid}/task/${this.pid}/children`, 'utf8').trim();
    const pid = Number(children.split(' ')[0]);
    if (!pid) throw new Error('The server has no engine process now.');
    return pid;
  }

  /** Resident memory in MiB. */
  get rss(): number {
    return Math.round(
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))?.[1]) / 1024,
    );
  }

  /** What it has logged as errors. */
  get errors(): string[] {
    return this.output.split('\n').filter((line) => line.startsWith('{"level":50'));
  }

  /** Starts it and resolves when it listens. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, ['--enable-source-maps', MAIN], {
      env: this.#env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    let said = '';
    const listening = new Promise<string>((resolve, reject) => {
      const hear = (text: Buffer) => {
        said += text;
        this.output += text;
        const url = /Listening on (\S+)\n/.exec(said)?.[1];
        if (url) resolve(url);
      };
      child.stdout?.on('data', hear);
      child.stderr?.on('data', hear);
      child.once('exit', (code) => reject(new Error(`The server ended with ${code}:\n${said}`)));
      setTimeout(() => reject(new Error(`The server does not start:\n${said}`)), START_DEADLINE_MS).unref();
    });
    this.#url = await listening;
  }

  /** SIGKILL to the server; resolves when the process is gone. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  killEngine(): void {
    process.kill(this.enginePid, 'SIGKILL');
  }

  /** SIGTERM. @returns its exit code and after how many milliseconds it ended. */
  async terminate(): Promise<{ code: number | null; ms: number }> {
    const child = this.#child;
    if (!child) throw new Error('It does not run.');
    const since = Date.now();
    child.kill('SIGTERM');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return { code: child.exitCode, ms: Date.now() - since };
  }
}

/** Starts a server with a data directory of its own; killed and removed at the end of the test (or file). */
export async function startServerProcess(env: Record<string, string> = {}): Promise<ServerProcess> {
  const directory = await temporaryFolder();
  const server = new ServerProcess({ DATA_DIR: directory, ...env });
  atTheEnd(() => server.kill());
  await server.start();
  return server;
}

/** A folder that is removed at the end. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'faults-data-'));
  atTheEnd(async () => {
    // A killed server's engine needs a moment to notice and to close its files.
    await eventually(() => rm(folder, { recursive: true, force: true }));
  });
  return folder;
}

/** An engine of the test's own, for several servers or a proxy. @returns its address and its socket's path. */
export async function startEngine(): Promise<{ uri: string; socketPath: string; pid: number }> {
  const directory = await temporaryFolder();
  const engine = await startEmbeddedEngine({ directory, log: () => undefined });
  atTheEnd(() => engine.stop());
  const socketPath = decodeURIComponent(/^mongodb:\/\/([^/]+)\//.exec(engine.uri)?.[1] ?? '');
  return { uri: engine.uri, socketPath, pid: engine.pid };
}

/** Tries until it does not throw any more. @returns what it returns. @throws its last error after `deadlineMs`. */
export async function eventually<T>(
  attempt: () => T | Promise<T>,
  deadlineMs = 20_000,
  everyMs = 25,
): Promise<T> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > end) throw error;
      await sleep(everyMs);
    }
  }
}
