import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { ADMIN } from './administrator.ts';
import { atTheEnd } from './at-the-end.ts';
import { PATIENCE_MS } from './patience.ts';
import { temporaryFolder } from './temporary-folder.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Runs the compiled server, as in production; needs `npm run build` first. */
export const COMPILED = ['--enable-source-maps', 'dist/src/main.js'];
/** Runs the server from its sources. */
export const FROM_SOURCE = ['--import', 'tsx', 'src/main.ts'];

/** The server in its own process. */
export class ServerProcess {
  readonly #program: readonly string[];
  readonly #env: NodeJS.ProcessEnv;
  #child: ChildProcess | undefined;
  #url = '';
  /** All its output since its first start. */
  output = '';

  constructor(env: Record<string, string>, program: readonly string[] = COMPILED) {
    this.#program = program;
    this.#env = {
      PATH: process.env['PATH'],
      TMPDIR: tmpdir(),
      HOME: process.env['HOME'],
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: '0',
      JWT_SECRET: 'a secret of more than thirty-two bytes, for tests only',
      SIGNING_KEY: 'another secret of more than thirty-two bytes, for tests',
      ADMIN_EMAIL: ADMIN.email,
      ADMIN_PASSWORD: ADMIN.password,
      RATE_LIMITS: 'off',
      LOG_LEVEL: 'warn',
      ...env,
    };
  }

  /** Its address; the port changes with each start. */
  get url(): string {
    return this.#url;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** The embedded engine's process id. @throws if none is running */
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

  /** Whether its output is read. If nobody reads it, it has to go on without. */
  set isOutputRead(isRead: boolean) {
    if (isRead) this.#child?.stdout?.resume();
    else this.#child?.stdout?.pause();
  }

  /** The errors it has logged. */
  get errors(): string[] {
    return this.output.split('\n').filter((line) => line.startsWith('{"level":50'));
  }

  /** Starts the server and resolves when it listens. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, this.#program, {
      cwd: ROOT,
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
      setTimeout(() => reject(new Error(`The server does not start:\n${said}`)), PATIENCE_MS).unref();
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

/** Starts a server with its own data directory; both are removed at the end of the test (or file). */
export async function startServerProcess(
  env: Record<string, string> = {},
  program?: readonly string[],
): Promise<ServerProcess> {
  const server = new ServerProcess({ DATA_DIR: await temporaryFolder(), ...env }, program);
  atTheEnd(() => server.kill());
  await server.start();
  return server;
}
