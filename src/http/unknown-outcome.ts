import {
  DatabaseUnavailable,
  nothingStored,
  outcomeUnknown,
  type Refusal,
  readUnanswered,
} from '../errors.ts';
import type { RoutedContext } from './context.ts';
import type { Step } from './routes.ts';

/** For requests that may be sent again at will. */
export const REPEATABLE = 'send the same request again';

/** Step: says what a caller should do if the database did not answer. @param advice half a sentence */
export const ifUnanswered =
  (advice: string): Step =>
  (ctx, next) => {
    ctx.state.adviceIfUnanswered = advice;
    return next();
  };

/** The refusal with what is known about its request: whether anything may be stored, and what to do then. */
export function withAdvice(refusal: Refusal, ctx: RoutedContext): Refusal {
  if (!(refusal instanceof DatabaseUnavailable) || refusal.isNothingStored) return refusal;
  const { cause } = refusal;
  if (ctx.method === 'GET' || ctx.method === 'HEAD') return readUnanswered(cause);
  // Before any route only the credentials are looked up.
  if (ctx._matchedRoute === undefined) return nothingStored(cause);
  return outcomeUnknown(cause, ctx.state.adviceIfUnanswered);
}
