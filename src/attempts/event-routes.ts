import { bodyTooLarge, Refusal } from '../errors.ts';
import {
  EVENT_BODY_LIMIT,
  objectIdString,
  type SubmittedEvent,
  submittedEvent,
} from '../events/submitted-event.ts';
import { callerOf } from '../http/access.ts';
import { asRefusal } from '../http/as-refusal.ts';
import { type ApiRouter, apiRouter, type Context } from '../http/context.ts';
import { inOrderOfArrival } from '../http/order-of-arrival.ts';
import type { RateLimits } from '../http/rate-limits.ts';
import { hasBody, parse, peekJson, readBody } from '../http/request.ts';
import { refuseOtherAttempts, refuseStrangers } from './readable-attempt.ts';
import type { Acknowledgement } from './recording.ts';
import { completion, eventBatch, MAX_BATCH } from './schemas.ts';
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
    ctx.body = await session.submit(parseFor(session, body));
    ctx.status = 201;
  });

  router.post('/events/batch', inOrder, async (ctx) => {
    callerOf(ctx);
    const { events } = await readBody(ctx, eventBatch, MAX_BATCH * EVENT_BODY_LIMIT);
    await limit.events(ctx, events.length);
    const session = await ownSession(ctx, sessions, events[0]?.attempt_id ?? '');
    ctx.body = { results: await submitBatch(session, events) };
    ctx.status = 201;
  });

  router.post('/attempts/:attempt_id/complete', limit.event, inOrder, async (ctx) => {
    callerOf(ctx);
    const attempt_id = parse(objectIdString, ctx.params['attempt_id']);
    const details = hasBody(ctx) ? await readBody(ctx, completion, EVENT_BODY_LIMIT) : parse(completion, {});
    const session = await ownSession(ctx, sessions, attempt_id);
    ctx.body = await session.complete({
      ...details,
      timestamp_client: details.timestamp_client ?? new Date(),
    });
    ctx.status = 201;
  });

  return router;
}

/** Which attempt an event is for. @throws Refusal 422 naming everything that is wrong with one that says none. */
function attemptOf(body: unknown): string {
  const { data } = objectIdString.safeParse((body as { attempt_id?: unknown } | null)?.attempt_id);
  return data ?? parse(submittedEvent, body).attempt_id;
}

/** @throws Refusal 422 naming everything that does not fit, with where the attempt stands. */
function parseFor(session: Session, body: unknown): SubmittedEvent {
  try {
    return parse(submittedEvent, body);
  } catch (error) {
    throw withState(error as Error, session);
  }
}

/** What the schema refuses is answered like what the state refuses: with the state and what it allows. */
function withState(error: Error, session: Session): Error {
  if (!(error instanceof Refusal)) return error;
  const { state, allowed_events } = session.view;
  const { status, code, message, details } = error;
  return new Refusal(status, code, message, { ...details, state, allowed_events });
}

/** @throws Refusal 403 for anybody but the attempt's owner, 404 `not_found`, 409 `attempt_not_redeemed` */
async function ownSession(ctx: Context, sessions: SessionRegistry, attempt_id: string): Promise<Session> {
  const caller = callerOf(ctx);
  refuseOtherAttempts(caller, attempt_id);
  const session = await sessions.get(attempt_id);
  refuseStrangers(caller, session.attempt);
  return session;
}

type Verdict = Acknowledgement | { acknowledged: false; status: number; code: string; detail: string };

/** Takes events in order up to the first that is not accepted; each gets a verdict. */
async function submitBatch(session: Session, events: readonly object[]): Promise<Verdict[]> {
  const wellFormed = [];
  let malformed: Error | undefined;
  for (const event of events) {
    try {
      wellFormed.push(parseEvent(event));
    } catch (error) {
      malformed = error as Error;
      break;
    }
  }
  const results = await session.submitBatch(wellFormed);
  const failed = results.some((result) => result instanceof Error);
  if (malformed && !failed) results.push(withState(malformed, session));
  const [first] = results;
  if (first instanceof Error && asRefusal(first).status >= 500) throw first;
  return events.map((_, index) => verdictOf(results[index]));
}

function parseEvent(event: object) {
  if (Buffer.byteLength(JSON.stringify(event)) > EVENT_BODY_LIMIT) {
    throw bodyTooLarge(`One event may have at most ${EVENT_BODY_LIMIT} bytes.`);
  }
  return parse(submittedEvent, event);
}

function verdictOf(result: Acknowledgement | Error | undefined): Verdict {
  if (!result) {
    const detail = 'An event before this one was not accepted, so this one was not tried.';
    return { acknowledged: false, status: 409, code: 'not_tried', detail };
  }
  if (!(result instanceof Error)) return result;
  const { status, code, message, details } = asRefusal(result);
  return { acknowledged: false, status, code, detail: message, ...details };
}
