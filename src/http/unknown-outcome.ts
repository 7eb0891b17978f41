import { DatabaseUnavailable, outcomeUnknown, type Refusal, readUnanswered } from '../errors.ts';
import type { BareContext } from './context.ts';
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

/** The refusal with the advice of its route, if the outcome of its request is unknown. */
export function withAdvice(refusal: Refusal, ctx: BareContext): Refusal {
  if (!(refusal instanceof DatabaseUnavailable) || refusal.isNothingSent) return refusal;
  if (ctx.method === 'GET' || ctx.method === 'HEAD') return readUnanswered(refusal.cause);
  return outcomeUnknown(refusal.cause, ctx.state.adviceIfUnanswered);
}
