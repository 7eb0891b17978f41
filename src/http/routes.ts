import Router from '@koa/router';
import type { ApiRouter, Context, Next, RequestState } from './context.ts';

/** The prefix of the whole API. */
const API_PREFIX = '/api/v1';

/**
 * What a request passes before its handler: who may call, how often, what is sent. A step throws a refusal, or
 * puts what it found into `ctx.state` and calls `next`.
 */
export type Step<Found extends object = object> = (ctx: Context<Found>, next: Next) => Promise<unknown>;

/** A step, whatever it finds. */
type AnyStep = Step<never>;

/** Everything that a list of steps puts into `ctx.state`. */
type FoundBy<Steps extends readonly AnyStep[]> = Steps extends readonly [
  Step<infer Found>,
  ...infer Others extends readonly AnyStep[],
]
  ? Found & FoundBy<Others>
  : object;

/** A route: its path, the steps a request passes in order, and the handler that answers it. */
export interface Route {
  method: 'get' | 'post' | 'put';
  /** Below the prefix of its router; a parameter begins with a colon. */
  path: string;
  steps: readonly AnyStep[];
  handle: (ctx: Context<never>) => unknown;
}

const declare =
  (method: Route['method']) =>
  <const Steps extends readonly AnyStep[]>(
    path: string,
    steps: Steps,
    handle: (ctx: Context<FoundBy<Steps>>) => unknown,
  ): Route => ({ method, path, steps, handle });

export const get = declare('get');
export const post = declare('post');
export const put = declare('put');

/** Routes of the API. @param prefix common to their paths, below the API's own prefix */
export const apiRoutes = (prefix: string, routes: readonly Route[]): ApiRouter =>
  createRouter(API_PREFIX + prefix, routes);

/** Routes outside the API. */
export const rootRoutes = (routes: readonly Route[]): ApiRouter => createRouter('', routes);

function createRouter(prefix: string, routes: readonly Route[]): ApiRouter {
  const router = new Router<RequestState>({ prefix });
  for (const { method, path, steps, handle } of routes) {
    // `declare` has checked that each step and the handler find in `ctx.state` what they expect.
    const middleware = [...steps, handle] as ((ctx: Context, next: Next) => unknown)[];
    router[method](path, ...middleware);
  }
  return router;
}
