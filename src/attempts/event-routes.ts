import { EVENT_BODY_LIMIT } from '../events/submitted-event.ts';
import { objectIdString } from '../fields.ts';
import { callerOf } from '../http/access.ts';
import { type ApiRouter, apiRouter, type Context } from '../http/context.ts';
import { inOrderOfArrival } from '../http/order-of-arrival.ts';
import type { RateLimits } from '../http/rate-limits.ts';
import { hasBody, peekJson, readBody } from '../http/request.ts';
import { parse } from '../validation.ts';
import { attemptOf, completeAttempt, takeBatch, takeEvent } from './intake.ts';
import { refuseOtherAttempts, refuseStrangers } from './readable-attempt.ts';
import { eventBatch, MAX_BATCH } from './schemas.ts';
import type { Session } from './session.ts';
import type { SessionRegistry } from './session-registry.ts';

/** How the front end posts what a candidate does. */
export function eventRoutes(
  sessions: SessionRegistry,
  limit: Pick<RateLimits, 'event' | 'events'>,
): ApiRouter {
  const router = apiRouter('/api/v1');
  const inOrder = inOrderOfArrival();

  router.post('/events', limit.event, inOrder, async (ctx) => {
    callerOf(ctx);
    const body = await peekJson(ctx, EVENT_BODY_LIMIT);
    const session = await ownSession(ctx, sessions, attemptOf(body));
    ctx.body = await takeEvent(session, body);
    ctx.status = 201;
  });

  router.post('/events/batch', inOrder, async (ctx) => {
    callerOf(ctx);
    const { events } = await readBody(ctx, eventBatch, MAX_BATCH * EVENT_BODY_LIMIT);
    await limit.events(ctx, events.length);
    const session = await ownSession(ctx, sessions, events[0]?.attempt_id ?? '');
    ctx.body = { results: await takeBatch(session, events) };
    ctx.status = 201;
  });

  router.post('/attempts/:attempt_id/complete', limit.event, inOrder, async (ctx) => {
    callerOf(ctx);
    const attempt_id = parse(objectIdString, ctx.params['attempt_id']);
    const body = hasBody(ctx) ? await peekJson(ctx, EVENT_BODY_LIMIT) : {};
    const session = await ownSession(ctx, sessions, attempt_id);
    ctx.body = await completeAttempt(session, body);
    ctx.status = 201;
  });

  return router;
}

/** @throws Refusal 403 for anybody but the attempt's owner, 404 `not_found`, 409 `attempt_not_redeemed` */
async function ownSession(ctx: Context, sessions: SessionRegistry, attempt_id: string): Promise<Session> {
  const caller = callerOf(ctx);
  refuseOtherAttempts(caller, attempt_id);
  const session = await sessions.get(attempt_id);
  refuseStrangers(caller, session.attempt);
  return session;
}
