import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedEngine } from '../../src/database/embedded/engine.ts';
import type { Options } from './options.ts';
import { cpuOf, type Measured, type Place, startServer } from './processes.ts';
import type { Report } from './report.ts';
import { Seeder } from './seed.ts';

interface Engine {
  uri: string;
  pid: number;
  stop(): Promise<void>;
}

/** What every section gets: the engine that all of them share, and where to report. */
export class Bench {
  readonly options: Options;
  readonly report: Report;
  readonly #engine: Engine;
  readonly #directory: string;

  private constructor(options: Options, report: Report, engine: Engine, directory: string) {
    this.options = options;
    this.report = report;
    this.#engine = engine;
    this.#directory = directory;
  }

  static async start(options: Options, report: Report): Promise<Bench> {
    const directory = await mkdtemp(join(tmpdir(), 'skill-bench-'));
    const engine = await startEmbeddedEngine({ directory: join(directory, 'mongodb'), log: console.log });
    return new Bench(options, report, engine, directory);
  }

  /** A new database. */
  place(mongodbDatabase: string): Place {
    const jwtSecret = randomBytes(32).toString('hex');
    return { mongodbUri: this.#engine.uri, mongodbDatabase, dataDirectory: this.#directory, jwtSecret };
  }

  /** Runs `measure` with a server (of `main`) and a prefilled database, then stops the server and drops the database. */
  async withServer(
    name: string,
    measure: (server: Measured, seeder: Seeder, place: Place) => Promise<void>,
    env: Record<string, string> = {},
    main = this.options.server,
  ): Promise<void> {
    const place = this.place(name);
    const seeder = await Seeder.open(place);
    const server = await startServer(main, place, env);
    try {
      await measure(server, seeder, place);
    } finally {
      await server.stop();
      await seeder.close();
    }
  }

  /** Processor time of the engine so far, in ms. */
  engineCpu(): Promise<number> {
    return cpuOf(this.#engine.pid);
  }

  async stop(): Promise<void> {
    await this.#engine.stop();
    await rm(this.#directory, { recursive: true, force: true });
  }
}
