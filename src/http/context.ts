import type Router from '@koa/router';
import type { RouterContext } from '@koa/router';
import type { ParameterizedContext } from 'koa';
import type { Caller } from '../caller.ts';
import type { Refusal } from '../errors.ts';

export interface RequestState {
  caller?: Caller;
  /** Why the credentials that were sent prove nothing; it matters only to routes that ask for the caller. */
  credentialsRefused?: Refusal;
  /** The body once somebody has asked for it; it arrives only once. */
  json?: Promise<unknown>;
}

/** What a step or a handler is given. @typeParam Found what the steps before have put into `ctx.state` */
export type Context<Found extends object = object> = RouterContext<RequestState> & { state: Found };
/** What a middleware outside the routers is given. */
export type BareContext = ParameterizedContext<RequestState>;
export type Next = () => Promise<unknown>;
export type ApiRouter = Router<RequestState>;
