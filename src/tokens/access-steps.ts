import type { Attempt } from '../attempts/attempt.ts';
import type { AttemptStore } from '../attempts/stored/attempt-store.ts';
import { forbidden, notFound } from '../errors.ts';
import type { AccountCaller } from '../http/access.ts';
import type { Context } from '../http/context.ts';
import { type Step, withFacts } from '../http/routes.ts';

/**
 * Step: administrators and the issuer of the attempt's token may call.
 * @param attemptIn reads the attempt's id from the request
 * @throws Refusal 404 `not_found`
 */
export function tokenIssuer<Found extends object>(
  attempts: Pick<AttemptStore, 'find'>,
  attemptIn: (ctx: Context<Found>) => string,
): Step<Found & { caller: AccountCaller; attempt: Attempt }> {
  return withFacts({ who: 'issuer, admin', refuses: [forbidden, notFound] }, async (ctx, next) => {
    const { caller } = ctx.state;
    const attempt_id = attemptIn(ctx);
    const attempt = await attempts.find(attempt_id);
    if (!attempt) throw notFound(`There is no attempt ${attempt_id}.`);
    if (caller.role !== 'admin' && attempt.issued_by !== caller.user_id) {
      throw forbidden('Somebody else issued this token.');
    }
    ctx.state.attempt = attempt;
    await next();
  });
}

/** Step: recruiters may ask only for tokens that they issued. Finds whose tokens to list. */
export const ownTokens: Step<{
  caller: AccountCaller;
  query: { issued_by?: string | undefined };
  issued_by: string | undefined;
}> = async (ctx, next) => {
  const { caller, query } = ctx.state;
  const issued_by = caller.role === 'admin' ? query.issued_by : caller.user_id;
  if (query.issued_by && query.issued_by !== issued_by) throw forbidden('Somebody else issued these tokens.');
  ctx.state.issued_by = issued_by;
  await next();
};
