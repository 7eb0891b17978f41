import type { Caller } from '../../caller.ts';
import {
  forbidden,
  JOURNAL_UNREPLAYABLE,
  notAuthenticated,
  notFound,
  validationFailed,
} from '../../errors.ts';
import { objectIdString } from '../../fields.ts';
import { callerOf } from '../../http/access.ts';
import type { Context } from '../../http/context.ts';
import { type Step, withFacts } from '../../http/routes.ts';
import { parse } from '../../validation.ts';
import { findOwn, findReadable, noSuchAttempt, type OwnSessions } from '../access.ts';
import type { Attempt } from '../attempt.ts';
import { attemptOf } from '../intake.ts';
import type { EventBatch } from '../schemas.ts';
import type { Session } from '../session/session.ts';
import type { AttemptStore } from '../stored/attempt-store.ts';

/** Step: staff and the owner of the attempt in the path may call. @throws Refusal 404 `not_found` */
export function attemptReader(
  attempts: Pick<AttemptStore, 'find'>,
): Step<{ caller: Caller; attempt: Attempt }> {
  const refuses = [notAuthenticated, forbidden, notFound, validationFailed, JOURNAL_UNREPLAYABLE];
  return withFacts({ who: 'owner, staff', refuses }, async (ctx, next) => {
    const caller = callerOf(ctx.state);
    const attempt = await findReadable(attempts, caller, attemptInPath(ctx));
    if (!attempt) throw noSuchAttempt();
    ctx.state.attempt = attempt;
    await next();
  });
}

/**
 * Step: only the owner of the attempt may call. Finds the attempt's session.
 * @param attemptIn reads the attempt's id from the request: `attemptInPath`, `attemptInEvent` …
 * @throws Refusal 404 `not_found`; 403 `forbidden` for staff and for a token of another attempt
 */
export function attemptOwner<Found extends object>(
  services: OwnSessions,
  attemptIn: (ctx: Context<Found>) => string,
): Step<Found & { caller: Caller; session: Session }> {
  const refuses = [notAuthenticated, forbidden, notFound, validationFailed, JOURNAL_UNREPLAYABLE];
  return withFacts({ who: 'owner', refuses }, async (ctx, next) => {
    ctx.state.session = await findOwn(services, callerOf(ctx.state), attemptIn(ctx));
    await next();
  });
}

/** The attempt id in a path with `:attempt_id`. @throws Refusal 422 */
export const attemptInPath = (ctx: Context): string => parse(objectIdString, ctx.params['attempt_id']);

/** The attempt id in an event. @throws Refusal 422 */
export const attemptInEvent = (ctx: Context<{ body: unknown }>): string => attemptOf(ctx.state.body);

/** The attempt id in the events of a batch, which all have the same one. */
export const attemptInBatch = (ctx: Context<{ body: EventBatch }>): string =>
  attemptOf(ctx.state.body.events[0]);
