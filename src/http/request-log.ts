import type { Logger } from 'pino';
import type { Next, RoutedContext } from './context.ts';

/**
 * Logs one line per request at level `debug`. It comes before the problem details, so that it logs the final status.
 * It logs the route and not the path, because a path may contain a token and a query string anything.
 */
export function requestLog(log: Logger) {
  const logRequest = async (ctx: RoutedContext, next: Next): Promise<void> => {
    const begun = performance.now();
    await next();
    const { method, status, _matchedRoute: route = 'none' } = ctx;
    const ms = Math.round((performance.now() - begun) * 10) / 10;
    log.debug({ method, route: String(route), status, ms }, 'Answered');
  };
  return (ctx: RoutedContext, next: Next): Promise<unknown> =>
    log.isLevelEnabled('debug') ? logRequest(ctx, next) : next();
}
