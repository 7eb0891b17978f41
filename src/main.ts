import { type Config, ConfigurationError, readConfig } from './config.ts';
import { EmbeddedDirectoryInUse, EmbeddedEngineUnavailable } from './database/embedded/unavailable.ts';
import { DatabaseRefused } from './database/upgrade/database-refused.ts';
import { createLog } from './log.ts';
import { type RunningServer, startServer } from './server.ts';

/** Milliseconds after which a stop that has not finished is cut short. */
const STOP_DEADLINE_MS = 9000;

/** Errors whose message says what to do in one sentence. */
const ONE_SENTENCE = [EmbeddedEngineUnavailable, EmbeddedDirectoryInUse, DatabaseRefused];

const print = (line: string) => process.stdout.write(`${line}\n`);

/** Exits with one readable line for a mistake the operator can fix, and with the whole error for a bug. */
function fail(error: unknown): never {
  if (error instanceof ConfigurationError) {
    process.stderr.write(`The settings are not valid:\n${error.message.replace(/^/gm, '  ')}\n`);
  } else if (ONE_SENTENCE.some((type) => error instanceof type)) {
    process.stderr.write(`${(error as Error).message}\n`);
  } else if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
    process.stderr.write('The port is already in use; set PORT to another one, or to 0 for any free one.\n');
  } else if ((error as Error).name === 'MongoServerSelectionError') {
    process.stderr.write(`Nothing answers at MONGODB_URI: ${(error as Error).message}\n`);
  } else {
    process.stderr.write(`${(error as Error).stack ?? error}\n`);
  }
  process.exit(1);
}

async function main(): Promise<void> {
  const config: Config = readConfig(process.env);
  const log = createLog(config.logLevel);
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

  const { url } = await starting;
  if (!stopping) print(`Listening on ${url}`);
}

main().catch(fail);
