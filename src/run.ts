import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';
import { type Config, ConfigurationError, readConfig } from './config.ts';
import { createLog } from './log.ts';
import { FileSink, LogOutput } from './log-output.ts';
import { type RunningServer, startServer } from './server.ts';
import { explainFailure } from './start-failure.ts';

/** Milliseconds after which a stop that has not finished is cut short. */
const STOP_DEADLINE_MS = 9000;

let config: Config | undefined;

/** @throws ConfigurationError if the file cannot be read */
function readSettings(file: string): void {
  try {
    loadEnvFile(file);
  } catch (error) {
    throw new ConfigurationError(`${file} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

/** Exits with one readable line for a mistake the operator can fix, and with the whole error for a bug. */
function fail(error: unknown): never {
  new FileSink(2).write(`${explainFailure(error, config)}\n`);
  process.exit(1);
}

/**
 * Starts the server, and stops it in order when it is told to.
 * @param settings a file of settings, `NAME=value` line by line, if there is one; what the environment has goes first
 */
export function run(settings: string | undefined): void {
  start(settings).catch(fail);
}

async function start(settings: string | undefined): Promise<void> {
  if (settings !== undefined && existsSync(settings)) readSettings(settings);
  config = readConfig(process.env);
  const output = new LogOutput();
  const log = createLog(config.logLevel, output, { isForPeople: output.isTerminal });
  const print = (line: string) => output.write(`${line}\n`);
  const starting: Promise<RunningServer> = startServer(config, log, print);

  let stopping = false;
  const stop = async (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'Stopping');
    // Work that cannot finish in time, for example because the database is away, is resumed at the next start.
    setTimeout(() => process.exit(0), STOP_DEADLINE_MS).unref();
    await (await starting).stop();
    process.exit(0);
  };
  // Registered before the server is ready, because a start that is interrupted must stop its engine, too.
  process.on('SIGTERM', (signal) => void stop(signal).catch(fail));
  process.on('SIGINT', (signal) => void stop(signal).catch(fail));

  const { url, machinesLink } = await starting;
  if (stopping) return;
  print(`Listening on ${url}`);
  if (machinesLink) print(`Machines, live (for this computer only): ${machinesLink}`);
}
