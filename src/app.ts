import Koa from 'koa';
import websockify from 'koa-websocket';
import { accountRoutes } from './accounts/routes.ts';
import { attemptListRoutes } from './attempts/routes/attempt-list-routes.ts';
import { attemptRoutes } from './attempts/routes/attempt-routes.ts';
import { eventRoutes } from './attempts/routes/event-routes.ts';
import { auditRefusedAccess } from './audit/refused-access.ts';
import { auditRoutes } from './audit/routes.ts';
import { clientRoutes } from './authors/client-routes.ts';
import { evidenceRoutes } from './evidence/evidence-routes.ts';
import { logRoutes } from './evidence/log/log-routes.ts';
import { verifyPageRoutes } from './evidence/page-routes.ts';
import { boundArrivingBodies } from './http/arriving-bodies.ts';
import { authenticate } from './http/authenticate.ts';
import { inTurns } from './http/caller-turns.ts';
import type { ApiRouter, RequestState } from './http/context.ts';
import { databaseGate } from './http/database-gate.ts';
import { defaultHeaders } from './http/default-headers.ts';
import { healthRoutes } from './http/health-routes.ts';
import { crossOrigin, Origins } from './http/origins.ts';
import { problemDetails } from './http/problem-details.ts';
import { requestLog } from './http/request-log.ts';
import { normalizeTarget } from './http/request-target.ts';
import { refuseUnmatched } from './http/unmatched.ts';
import { createInspector } from './inspector/inspector.ts';
import { LiveChannel } from './live/live-channel.ts';
import { SocketBounds } from './live/socket-bounds.ts';
import { liveSources } from './live/watch-sources.ts';
import { referenceRoutes } from './reference/reference-routes.ts';
import { resultRoutes } from './results/routes.ts';
import type { Services } from './services.ts';
import { taskRoutes } from './tasks/routes.ts';
import { telemetryRoutes } from './telemetry/routes.ts';
import { tokenRoutes } from './tokens/routes.ts';

export interface App {
  koa: Koa<RequestState>;
  live: LiveChannel;
  /** Every router, in the order in which they are tried. */
  routers: ApiRouter[];
  /** As in `Inspector`. */
  fragment: string | undefined;
}

/** Puts every middleware in its place. */
export function createApp(services: Services): App {
  const { access, audit, config, log, database, attempts, clients, limits, telemetry } = services;
  const app = websockify<RequestState>(new Koa<RequestState>());
  const health = healthRoutes(services);
  const metrics = telemetryRoutes(services);
  const inspector = createInspector(services);
  const origins = new Origins(config, log);
  const gate = databaseGate(database.availability);
  const events = eventRoutes(services);
  const reference = referenceRoutes({ operations: () => all.flatMap(({ operations }) => operations) });
  const routers = [...createRouters(services), ...inspector.routers, clientRoutes(), reference];
  const all = [health, metrics, events, ...routers];

  app.use(requestLog(log, telemetry));
  app.use(problemDetails(log));
  app.use(normalizeTarget);
  app.use(defaultHeaders());
  app.use(crossOrigin(origins));
  app.use(health.routes());
  app.use(metrics.routes());
  app.use(gate);
  app.use(authenticate(inspector.identify));
  app.use(inspector.guard);
  app.use(auditRefusedAccess(audit));
  app.use(boundArrivingBodies(clients));
  app.use((ctx, next) => limits.findById(ctx.state.caller, next));
  app.use(events.routes());
  app.use(inTurns({ limits, clients }));
  // Again, because the database may have gone while a request waited for its turn.
  app.use(gate);
  for (const router of routers) app.use(router.routes());
  app.use(refuseUnmatched);
  // Errors thrown by middleware are answered before this point; what arrives here is a broken connection.
  app.on('error', (err: unknown) => log.debug({ err }, 'A response could not be sent'));

  const live = new LiveChannel(app, {
    identify: inspector.identify,
    attempts,
    audit,
    sources: liveSources(services),
    bounds: new SocketBounds(config.rateLimits),
    isAllowedOrigin: (origin, host) => origins.allows(origin, host),
    limits,
    log,
  });
  access.onRenewed((attempt_id) => live.checkTokensOf(attempt_id));
  return { koa: app, live, routers: all, fragment: inspector.fragment };
}

/** Every router of the API but that of events, in the order in which they are tried. */
const createRouters = (services: Services): ApiRouter[] => [
  attemptListRoutes(services),
  attemptRoutes(services),
  resultRoutes(services),
  evidenceRoutes(services),
  logRoutes(services),
  verifyPageRoutes(services),
  tokenRoutes(services),
  taskRoutes(services),
  accountRoutes(services),
  auditRoutes(services),
];
