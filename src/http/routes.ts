import type { Readable } from 'node:stream';
import Router from '@koa/router';
import type { z } from 'zod';
import type { ApiRouter, Context, Next, RequestState } from './context.ts';
import {
  type Answers,
  type Description,
  describeOperation,
  type Operation,
  type StepFacts,
} from './operation.ts';

/** The prefix of the whole API. */
const API_PREFIX = '/api/v1';

/**
 * What a request passes before its handler: who may call, how often, what is sent. A step throws a refusal, or
 * puts what it found into `ctx.state` and calls `next`. Its `facts` are for whoever calls the route.
 */
export type Step<Found extends object = object> = ((ctx: Context<Found>, next: Next) => Promise<unknown>) & {
  facts?: StepFacts;
};

/** Adds to a step what it means for whoever calls its route. */
export const withFacts = <S extends Step<never>>(facts: StepFacts, step: S): S =>
  Object.assign(step, { facts });

/** A step, whatever it finds. */
type AnyStep = Step<never>;

/** Everything that a list of steps puts into `ctx.state`. */
type FoundBy<Steps extends readonly AnyStep[]> = Steps extends readonly [
  Step<infer Found>,
  ...infer Others extends readonly AnyStep[],
]
  ? Found & FoundBy<Others>
  : object;

/** What a handler may set as the body of its answer. */
type BodyOf<A> = A extends z.ZodType
  ? z.output<A>
  : A extends readonly (infer Each)[]
    ? BodyOf<Each>
    : string | Buffer | Readable | null;
type BodiesOf<A extends Answers> = { [Status in keyof A]: BodyOf<A[Status]> }[keyof A];

/** A route: its path, the steps a request passes in order, what it answers, and the handler that does. */
export interface Route {
  method: Operation['method'];
  /** Below the prefix of its router; a parameter begins with a colon. */
  path: string;
  steps: readonly AnyStep[];
  description: Description;
  handle: (ctx: Context<never> & { body: never }) => unknown;
}

const declare =
  (method: Route['method']) =>
  <const Steps extends readonly AnyStep[], const A extends Answers>(
    path: string,
    steps: Steps,
    description: Description<A>,
    handle: (ctx: Context<FoundBy<Steps>> & { body: BodiesOf<A> }) => unknown,
  ): Route => ({ method, path, steps, description, handle });

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
  const operations = routes.map(({ method, path, steps, description }) =>
    describeOperation(
      method,
      (prefix + path).replace(/(.)\/$/, '$1'),
      steps.flatMap(({ facts }) => facts ?? []),
      description,
    ),
  );
  return Object.assign(router, { operations });
}
