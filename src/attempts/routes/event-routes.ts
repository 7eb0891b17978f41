import { z } from 'zod';
import {
  attemptExpired,
  attemptFull,
  attemptLocked,
  eventIdReused,
  sequenceViolation,
  validationFailed,
} from '../../errors.ts';
import { EVENT_TABLE } from '../../events/event-table.ts';
import { EVENT_BODY_LIMIT, submittedEvent } from '../../events/submitted-event.ts';
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
import { completeAttempt, REPEAT_WITH_ID, takeBatch, takeEvent, verdict } from '../intake.ts';
import { BATCH_BODY_LIMIT, completion, eventBatch, eventBatchAsSent, MAX_BATCH } from '../schemas.ts';
import { acknowledgement } from '../session/recording.ts';
import type { SessionRegistry } from '../session/session-registry.ts';
import type { AttemptStore } from '../stored/attempt-store.ts';
import { attemptInBatch, attemptInEvent, attemptInPath, attemptOwner } from './access-steps.ts';

interface EventRoutesServices {
  attempts: AttemptStore;
  sessions: SessionRegistry;
  limits: RateLimits;
  telemetry: Telemetry;
}

const REFUSALS = [
  validationFailed,
  sequenceViolation,
  attemptLocked,
  attemptExpired,
  attemptFull,
  eventIdReused,
];

const EXAMPLE = {
  attempt_id: '65a1b2c3d4e5f60718293a4b',
  event_type: 'option_viewed',
  timestamp_client: '2026-01-31T09:30:00.000Z',
  payload: EVENT_TABLE.option_viewed.example,
  client_event_id: 'b2c5a9c2-6f0e-4c0e-9a55-0d5a3d8f7a10',
};

/** Front ends post here what a candidate does. */
export function eventRoutes({ attempts, sessions, limits, telemetry }: EventRoutesServices): ApiRouter {
  const own = { attempts, sessions };
  const inOrder = inOrderOfArrival();
  const unanswered = ifUnanswered(REPEAT_WITH_ID);
  const oneEvent = [countRefusals(telemetry), unanswered, limits.event, inOrder, anyCaller] as const;
  return apiRoutes('', [
    post(
      '/events',
      [...oneEvent, json(EVENT_BODY_LIMIT, submittedEvent), attemptOwner(own, attemptInEvent)],
      {
        summary: 'Record one event',
        details:
          'An event with the `client_event_id` of a recorded one of the same type and payload is stored once and ' +
          'gets the first acknowledgement. Extra keys in `payload` and `metadata` are kept as observed.',
        answers: { 201: acknowledgement },
        refuses: REFUSALS,
        example: EXAMPLE,
      },
      async (ctx) => {
        const { session, body } = ctx.state;
        ctx.body = await takeEvent(session, body);
        ctx.status = 201;
      },
    ),

    post(
      '/events/batch',
      [
        ...oneEvent,
        body(eventBatch, BATCH_BODY_LIMIT, eventBatchAsSent),
        limits.events,
        attemptOwner(own, attemptInBatch),
      ],
      {
        summary: 'Record several events of one attempt',
        details:
          `Up to ${MAX_BATCH}, all of the first one's attempt, in order and with no other event between them. One ` +
          'verdict for each; it stops at the first refusal, and what was accepted before it stays.',
        answers: { 201: z.object({ results: z.array(verdict) }) },
        example: { events: [EXAMPLE] },
      },
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
      [...oneEvent, optionalJson(EVENT_BODY_LIMIT, completion), attemptOwner(own, attemptInPath)],
      {
        summary: 'Complete an attempt with the current selection',
        details:
          'The same as posting `task_completed`. The body may be empty; a `final_option_id` or ' +
          '`final_option_code` in it must be the current selection.',
        answers: { 201: acknowledgement },
        refuses: REFUSALS,
        example: {},
      },
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
