import { type Config, ConfigurationError, readConfig } from './config.ts';
import { EmbeddedDirectoryInUse, EmbeddedEngineUnavailable } from './database/embedded/unavailable.ts';
import { DatabaseRefused } from './database/upgrade/database-refused.ts';
import { createLog } from './log.ts';
import { type RunningServer, startServer } from './server.ts';

/** Milliseconds in which a stop has to end. */
const STOP_DEADLINE_MS = 9000;

/** Errors whose message says in one sentence what to do. */
const ONE_SENTENCE = [EmbeddedEngineUnavailable, EmbeddedDirectoryInUse, DatabaseRefused];

const print = (line: string) => process.stdout.write(`${line}\n`);

/** Ends with one readable line for what the user can mend, and with the whole error for what we must. */
function fail(error: unknown): never {
  if (error instanceof ConfigurationError) {
    process.stderr.write(`The settings do not work:\n${error.message.replace(/^/gm, '  ')}\n`);
  } else if (ONE_SENTENCE.some((type) => error instanceof type)) {
    process.stderr.write(`${(error as Error).message}\n`);
  } else if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
    process.stderr.write('The port is in use already; set PORT to another one, or to 0 for any free one.\n');
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
    // Whatever cannot end by then, for example because the database is away, is resumed at the next start.
    setTimeout(() => process.exit(0), STOP_DEADLINE_MS).unref();
    await (await starting).stop();
    process.exit(0);
  };
  // Before it is ready too: a start that is called off has to end its engine as any other stop does.
  process.on('SIGTERM', (signal) => void stop(signal).catch(fail));
  process.on('SIGINT', (signal) => void stop(signal).catch(fail));

  const { url } = await starting;
  if (!stopping) print(`Listening on ${url}`);
}

main().catch(fail);
