import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';

/** A process that is measured. */
export interface Measured {
  url: string;
  /** Milliseconds from its start to the line that says that it listens. */
  startMs: number;
  memory(): Promise<NodeJS.MemoryUsage>;
  /** Processor time used so far, in ms. */
  cpu(): Promise<number>;
  stop(): Promise<void>;
}

/** What a server needs to run on the benchmark's own engine. */
export interface Place {
  mongodbUri: string;
  mongodbDatabase: string;
  dataDirectory: string;
  jwtSecret: string;
}

const ARGUMENTS = ['--enable-source-maps', '--expose-gc', '--import', './test/bench/memory-probe.js'];

/**
 * Starts the compiled server as `npm start` does, with rate limits off.
 * `BENCH_CPU_PROF` names a folder for CPU profiles, which cost some speed themselves; `BENCH_NODE_OPTIONS` are
 * further options of Node.js, to try their effect.
 */
export function startServer(
  entry: string,
  place: Place,
  env: Record<string, string> = {},
): Promise<Measured> {
  const profile = process.env.BENCH_CPU_PROF
    ? ['--cpu-prof', `--cpu-prof-dir=${process.env.BENCH_CPU_PROF}`]
    : [];
  const more = process.env.BENCH_NODE_OPTIONS?.split(' ') ?? [];
  return start([...ARGUMENTS, ...profile, ...more, entry], {
    PORT: '0',
    MONGODB_URI: place.mongodbUri,
    MONGODB_DATABASE: place.mongodbDatabase,
    DATA_DIR: place.dataDirectory,
    JWT_SECRET: place.jwtSecret,
    SIGNING_KEY: place.jwtSecret,
    RATE_LIMITS: 'off',
    TOKENS_PER_DAY: '10000000',
    MAX_SESSIONS: '200000',
    ...env,
  });
}

/** Starts the floor server on the same engine. @param bare without the journal's indexes and validator. */
export function startFloor(place: Place, bare: boolean): Promise<Measured> {
  return start(['--import', 'tsx', 'test/bench/floor.ts'], {
    MONGODB_URI: place.mongodbUri,
    MONGODB_DATABASE: place.mongodbDatabase,
    FLOOR_BARE: bare ? '1' : '',
  });
}

async function start(args: string[], env: Record<string, string>): Promise<Measured> {
  const begun = performance.now();
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const end = () => child.kill();
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
  const lines = createInterface({ input: child.stdout });
  const url = (await nextLine(child, lines, 'Listening on ')).trim();
  const startMs = performance.now() - begun;
  return {
    url,
    startMs,
    memory: async () => {
      const answer = nextLine(child, lines, 'memory ');
      child.kill('SIGUSR2');
      return JSON.parse(await answer) as NodeJS.MemoryUsage;
    },
    cpu: () => cpuOf(child.pid ?? 0),
    stop: async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

/** What follows `prefix` on the first line that begins with it. @throws when the process ends before. */
function nextLine(
  child: ChildProcess,
  lines: ReturnType<typeof createInterface>,
  prefix: string,
): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`A measured process ended with ${code}`)));
    lines.on('line', (line) => {
      if (line.startsWith(prefix)) resolve(line.slice(prefix.length));
    });
  });
}

/** Processor time of any process on Linux, in ms; NaN elsewhere. */
export async function cpuOf(pid: number): Promise<number> {
  try {
    const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return Number.NaN;
  }
}
