import type Router from '@koa/router';
import type { RouterContext } from '@koa/router';
import type { ParameterizedContext } from 'koa';
import type { Caller } from '../caller.ts';
import type { Refusal } from '../errors.ts';
import type { Operation } from './operation.ts';

export interface RequestState {
  caller?: Caller;
  /** The trace that the request belongs to, in all log lines about it. */
  trace_id?: string;
  /** Why the credentials are not valid; used only by routes that ask for the caller. */
  credentialsRefused?: Refusal;
  /** The body as it arrived, if it is larger than those of most routes may be. */
  bytes?: Buffer;
  /** What the caller should do if the database did not answer, as half a sentence. */
  adviceIfUnanswered?: string;
}

/** The context of a step or a handler. @typeParam Found what earlier steps have put into `ctx.state` */
export type Context<Found extends object = object> = RouterContext<RequestState> & { state: Found };
/** The context of a middleware outside the routers. */
export type BareContext = ParameterizedContext<RequestState>;
/** The same, with what the router leaves in it. */
export type RoutedContext = BareContext & { _matchedRoute?: string | RegExp };
export type Next = () => Promise<unknown>;
/** A router that tells what it serves. */
export type ApiRouter = Router<RequestState> & { operations: readonly Operation[] };
