import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { ensureFirstAdmin } from './accounts/first-admin.ts';
import { loadJwtSecret } from './accounts/jwt-secret.ts';
import { createApp } from './app.ts';
import { startBackground } from './background.ts';
import { schema } from './collections.ts';
import type { Config } from './config.ts';
import { prepareDataDirectory } from './data-directory.ts';
import type { DatabaseOptions } from './database/connection.ts';
import { startDatabase } from './database/start.ts';
import { loadSigningSecret } from './evidence/log/signing-secret.ts';
import { isLoopback } from './http/client-address.ts';
import { guardConnections, SERVER_OPTIONS } from './http/server-options.ts';
import { createServices, type Services } from './services.ts';
import { exampleTasks } from './tasks/example-tasks.ts';
import type { TaskStore } from './tasks/task-store.ts';

/** A listening server. */
export interface RunningServer {
  /** Where it listens, for example `http://127.0.0.1:3000`. */
  url: string;
  /** Opens the page of the machines without a log-in; undefined in production, and where only other computers can call. */
  machinesLink: string | undefined;
  services: Services;
  /** Finishes requests in flight and stops everything, within 10 s. */
  stop(): Promise<void>;
}

/** Milliseconds that requests in flight may still take during a stop. */
const REQUESTS_DEADLINE_MS = 4000;
/** Milliseconds that computations may take after that; unfinished ones are resumed at the next start. */
const COMPUTATIONS_DEADLINE_MS = 2000;

/**
 * Starts everything in order: database, first administrator, example tasks, recovery, listening.
 * @param print writes a line for the person at the terminal.
 */
export async function startServer(
  config: Config,
  log: Logger,
  print: (line: string) => void,
  options?: DatabaseOptions,
): Promise<RunningServer> {
  if (!config.mongodbUri) await prepareDataDirectory(config.dataDirectory, log);
  const secrets = { jwt: await loadJwtSecret(config, log), signing: await loadSigningSecret(config, log) };
  const database = await startDatabase(config, schema, log, options);
  try {
    const services = createServices(config, database, secrets, log);
    await ensureFirstAdmin(services.accounts.users, config, { embedded: !config.mongodbUri, print });
    await addExampleTasks(services.tasks);
    const { koa, live, fragment } = createApp(services);
    services.telemetry.gauge('sos_watchers_open', 'Open sockets of the live channel.', () => live.size);
    const server = createServer(SERVER_OPTIONS, koa.callback());
    guardConnections(server);
    live.attach(server);
    const background = await startBackground(services);
    const url = await listen(server, config).catch(async (error: unknown) => {
      await background.stop();
      throw error;
    });

    const stop = async () => {
      // A client that keeps sending would keep its connection open, so every answer from now on closes it.
      server.prependListener('request', (_request, response) => {
        response.shouldKeepAlive = false;
      });
      live.close();
      await closeServer(server);
      await background.stop();
      await services.sessions.settle(COMPUTATIONS_DEADLINE_MS);
      await services.journal.drain();
      await services.audit.close();
      // Changes that cannot be written now follow from the journal: another process writes them, or the next start.
      await services.projector
        .flush(0)
        .then(() => (services.reconciler.isAwaiting ? undefined : background.leave()))
        .catch((err: unknown) => log.warn({ err }, 'Stored attempts may be behind their journals'));
      services.sessions.stop();
      await database.close();
    };
    return { url, machinesLink: fragment && linkTo(url, fragment), services, stop };
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function addExampleTasks(tasks: TaskStore): Promise<void> {
  if (!(await tasks.isEmpty())) return;
  for (const content of exampleTasks) await tasks.create(content);
}

/** A link to the page of the machines that works in a browser on this computer; undefined if there is none. */
function linkTo(url: string, fragment: string): string | undefined {
  const { hostname, port } = new URL(url);
  const host = { '0.0.0.0': '127.0.0.1', '[::]': '[::1]' }[hostname] ?? hostname;
  return isLoopback(host.replace(/[[\]]/g, '')) ? `http://${host}:${port}/machines${fragment}` : undefined;
}

function listen(server: Server, { port, host }: Config): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address() as AddressInfo;
      resolve(
        `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`,
      );
    });
  });
}

/** Lets requests in flight finish; idle keep-alive connections are closed at once. */
function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const deadline = setTimeout(() => server.closeAllConnections(), REQUESTS_DEADLINE_MS);
    server.close(() => {
      clearTimeout(deadline);
      resolve();
    });
    server.closeIdleConnections();
  });
}
