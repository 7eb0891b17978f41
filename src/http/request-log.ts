import type { Logger } from 'pino';
import type { BareContext, Next } from './context.ts';

type RoutedContext = BareContext & { _matchedRoute?: string | RegExp };

/**
 * One line for each request at level `debug`, around the problem details so that it tells the final status.
 * The route and not the path: a path may hold a token, a query string may hold anything.
 */
export function requestLog(log: Logger) {
  const logged = async (ctx: RoutedContext, next: Next): Promise<void> => {
    const begun = performance.now();
    await next();
    const { method, status, _matchedRoute: route = 'none' } = ctx;
    const ms = Math.round((performance.now() - begun) * 10) / 10;
    log.debug({ method, route: String(route), status, ms }, 'Answered');
  };
  return (ctx: RoutedContext, next: Next): Promise<unknown> =>
    log.isLevelEnabled('debug') ? logged(ctx, next) : next();
}
