import type { Caller, Role } from '../caller.ts';
import { forbidden, notAuthenticated } from '../errors.ts';
import type { Context, Next } from './context.ts';

/** The caller where credentials were sent. @throws Refusal 401 when those prove nothing. */
export function optionalCallerOf(ctx: Context): Caller | undefined {
  if (ctx.state.credentialsRefused) throw ctx.state.credentialsRefused;
  return ctx.state.caller;
}

/** @throws Refusal 401 when the request carries no credentials, or such as prove nothing. */
export function callerOf(ctx: Context): Caller {
  const caller = optionalCallerOf(ctx);
  if (!caller) throw notAuthenticated('This needs credentials: "Authorization: Bearer TOKEN".');
  return caller;
}

/** The caller of a route that only accounts may use, not attempt tokens. @throws Refusal 401, 403 */
export function accountOf(ctx: Context): Extract<Caller, { kind: 'account' }> {
  const caller = callerOf(ctx);
  if (caller.kind !== 'account') throw forbidden('This needs an account; the token is for one attempt only.');
  return caller;
}

/** Route step: only accounts with one of `roles` go on. */
export function onlyRoles(...roles: Role[]) {
  return async (ctx: Context, next: Next): Promise<void> => {
    if (!roles.includes(accountOf(ctx).role)) throw forbidden(`This is for ${roles.join(' or ')} accounts.`);
    await next();
  };
}

export const isStaff = (caller: Caller): boolean => caller.kind === 'account' && caller.role !== 'candidate';

/** Whether `caller` is the candidate whose attempt this is. */
export function ownsAttempt(
  caller: Caller,
  attempt: { attempt_id: string; user_id: string | null },
): boolean {
  return caller.kind === 'attempt'
    ? caller.attempt_id === attempt.attempt_id
    : caller.user_id === attempt.user_id;
}
