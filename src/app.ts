import Koa from 'koa';
import helmet from 'koa-helmet';
import websockify from 'koa-websocket';
import { accountRoutes } from './accounts/routes.ts';
import { attemptRoutes } from './attempts/attempt-routes.ts';
import { eventRoutes } from './attempts/event-routes.ts';
import { auditRoutes } from './audit/routes.ts';
import { authenticate } from './http/authenticate.ts';
import type { RequestState } from './http/context.ts';
import { databaseGate } from './http/database-gate.ts';
import { healthRoutes } from './http/health-routes.ts';
import { crossOrigin, isAllowedOrigin } from './http/origins.ts';
import { problemDetails } from './http/problem-details.ts';
import { unmatched } from './http/unmatched.ts';
import { LiveChannel } from './live/live-channel.ts';
import { watchSources } from './live/watch-sources.ts';
import { resultRoutes } from './results/routes.ts';
import type { Services } from './services.ts';
import { taskRoutes } from './tasks/routes.ts';
import { tokenRoutes } from './tokens/routes.ts';

export interface App {
  koa: Koa<RequestState>;
  live: LiveChannel;
}

/** Every middleware and router in its order. */
export function createApp(services: Services): App {
  const { config, log, database, accounts, audit, tasks, tokens, attempts, journal, sessions, results } =
    services;
  const app = websockify<RequestState>(new Koa<RequestState>());

  app.use(problemDetails(log));
  app.use(helmet());
  app.use(crossOrigin(config.corsOrigins));
  app.use(healthRoutes(database.ping).routes());
  app.use(databaseGate(database.availability));
  app.use(authenticate(accounts.identify));
  app.use(eventRoutes(sessions).routes());
  app.use(attemptRoutes(attempts, journal, sessions).routes());
  app.use(resultRoutes({ attempts, results, tasks, users: accounts.users, audit }).routes());
  app.use(tokenRoutes({ tokens, tasks, attempts, signer: accounts.tokens, audit }).routes());
  app.use(taskRoutes(tasks, audit).routes());
  app.use(accountRoutes(accounts, '/api/v1').routes());
  app.use(auditRoutes(audit, '/api/v1').routes());
  app.use(unmatched);
  // Everything thrown below is answered by then; what still comes here is a broken connection.
  app.on('error', (err: unknown) => log.debug({ err }, 'A response could not be sent'));

  const live = new LiveChannel(app, {
    identify: accounts.identify,
    attempts,
    sources: watchSources(services),
    isAllowedOrigin: isAllowedOrigin(config.corsOrigins),
    log,
  });
  return { koa: app, live };
}
