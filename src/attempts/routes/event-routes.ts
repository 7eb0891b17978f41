import { EVENT_BODY_LIMIT } from '../../events/submitted-event.ts';
import { anyCaller } from '../../http/access.ts';
import { asRefusal } from '../../http/as-refusal.ts';
import type { ApiRouter } from '../../http/context.ts';
import { inOrderOfArrival } from '../../http/order-of-arrival.ts';
import { sizesOfItems } from '../../http/posted-items.ts';
import type { RateLimits } from '../../http/rate-limits.ts';
import { body, json, optionalJson } from '../../http/request.ts';
import { apiRoutes, post, type Step } from '../../http/routes.ts';
import { ifUnanswered } from '../../http/unknown-outcome.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import { completeAttempt, REPEAT_WITH_ID, takeBatch, takeEvent } from '../intake.ts';
import { BATCH_BODY_LIMIT, eventBatch } from '../schemas.ts';
import type { SessionRegistry } from '../session/session-registry.ts';
import type { AttemptStore } from '../stored/attempt-store.ts';
import { attemptInBatch, attemptInEvent, attemptInPath, attemptOwner } from './access-steps.ts';

interface EventRoutesServices {
  attempts: AttemptStore;
  sessions: SessionRegistry;
  limits: RateLimits;
  telemetry: Telemetry;
}

/** Front ends post here what a candidate does. */
export function eventRoutes({ attempts, sessions, limits, telemetry }: EventRoutesServices): ApiRouter {
  const own = { attempts, sessions };
  const inOrder = inOrderOfArrival();
  const unanswered = ifUnanswered(REPEAT_WITH_ID);
  const oneEvent = [countRefusals(telemetry), unanswered, limits.event, inOrder, anyCaller] as const;
  return apiRoutes('', [
    post('/events', [...oneEvent, json(EVENT_BODY_LIMIT), attemptOwner(own, attemptInEvent)], async (ctx) => {
      const { session, body } = ctx.state;
      ctx.body = await takeEvent(session, body);
      ctx.status = 201;
    }),

    post(
      '/events/batch',
      [...oneEvent, body(eventBatch, BATCH_BODY_LIMIT), limits.events, attemptOwner(own, attemptInBatch)],
      async (ctx) => {
        const { session, body, bytes } = ctx.state;
        // In a smaller batch no event can be too large.
        const sizes = bytes && bytes.length > EVENT_BODY_LIMIT ? sizesOfItems(bytes) : [];
        const results = await takeBatch(session, body.events, sizes);
        for (const verdict of results) if (!verdict.acknowledged) telemetry.noteRefusedEvent(verdict.code);
        ctx.body = { results };
        ctx.status = 201;
      },
    ),

    post(
      '/attempts/:attempt_id/complete',
      [...oneEvent, optionalJson(EVENT_BODY_LIMIT), attemptOwner(own, attemptInPath)],
      async (ctx) => {
        const { session, body } = ctx.state;
        ctx.body = await completeAttempt(session, body);
        ctx.status = 201;
      },
    ),
  ]);
}

/** Step: counts the events that are refused as a whole; those of a batch have verdicts of their own. */
const countRefusals =
  (telemetry: Telemetry): Step =>
  async (_ctx, next) => {
    try {
      await next();
    } catch (error) {
      telemetry.noteRefusedEvent(asRefusal(error).code);
      throw error;
    }
  };
