import type { Logger } from 'pino';
import type { Next, RoutedContext } from './context.ts';
import { traceOf } from './trace-context.ts';

/** A request that was answered. */
export interface AnsweredRequest {
  method: string;
  /** The pattern of its route and never its path, which may hold a token; empty if there is none. */
  route: string;
  status: number;
}

export interface RequestObserver {
  /** @param seconds how long the answer took */
  noteRequest(request: AnsweredRequest, seconds: number): void;
}

/**
 * Gives each request its place in a trace, measures it, and logs one line about it at level `debug`. It comes before the
 * problem details, so that it sees the final status. It tells the route and not the path, because a path may contain a
 * token and a query string anything.
 */
export function requestLog(log: Logger, observer: RequestObserver) {
  return async (ctx: RoutedContext, next: Next): Promise<void> => {
    const begun = performance.now();
    const { trace_id, traceparent } = traceOf(ctx.get('traceparent'));
    ctx.state.trace_id = trace_id;
    ctx.set('traceparent', traceparent);
    await next();
    const { method, status, _matchedRoute } = ctx;
    const elapsed = performance.now() - begun;
    observer.noteRequest({ method, route: String(_matchedRoute ?? ''), status }, elapsed / 1000);
    const ms = Math.round(elapsed * 10) / 10;
    log.debug({ trace_id, method, route: String(_matchedRoute ?? 'none'), status, ms }, 'Answered');
  };
}
