import type { Caller } from '../caller.ts';
import { forbidden, notFound } from '../errors.ts';
import { objectIdString } from '../events/submitted-event.ts';
import { callerOf, isStaff, ownsAttempt } from '../http/access.ts';
import type { Context } from '../http/context.ts';
import { parse } from '../validation.ts';
import type { Attempt } from './attempt.ts';
import type { AttemptStore } from './attempt-store.ts';

/**
 * The attempt that the path names, for its owner and for staff.
 * @throws Refusal 401, 403 `forbidden` for anybody else, 404 `not_found`
 */
export async function readableAttempt(ctx: Context, attempts: AttemptStore): Promise<Attempt> {
  const caller = callerOf(ctx);
  const attempt_id = parse(objectIdString, ctx.params['attempt_id']);
  refuseOtherAttempts(caller, attempt_id);
  const attempt = await attempts.find(attempt_id);
  if (!attempt) throw notFound(`There is no attempt ${attempt_id}.`);
  if (!isStaff(caller)) refuseStrangers(caller, attempt);
  return attempt;
}

/** An attempt token says itself which attempt it is for, so that nothing needs to be looked up to refuse it. */
export function refuseOtherAttempts(caller: Caller, attempt_id: string): void {
  if (caller.kind === 'attempt' && caller.attempt_id !== attempt_id) {
    throw forbidden('This token is for another attempt.');
  }
}

/** @throws Refusal 403 unless the attempt is the caller's own. */
export function refuseStrangers(caller: Caller, attempt: Pick<Attempt, 'attempt_id' | 'user_id'>): void {
  if (!ownsAttempt(caller, attempt)) throw forbidden('This attempt is not yours.');
}
