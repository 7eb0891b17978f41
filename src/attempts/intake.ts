import { z } from 'zod';
import {
  bodyTooLarge,
  DatabaseUnavailable,
  internalError,
  notTried,
  outcomeUnknown,
  Refusal,
  validationFailed,
} from '../errors.ts';
import { EVENT_BODY_LIMIT, type SubmittedEvent, submittedEvent } from '../events/submitted-event.ts';
import { objectIdString } from '../fields.ts';
import { parse } from '../validation.ts';
import { completion } from './schemas.ts';
import { refuseUnreadable } from './session/decide.ts';
import { type Acknowledgement, acknowledgement } from './session/recording.ts';
import type { Session } from './session/session.ts';

/**
 * The only way in for behavior events. The HTTP routes and the simulator both use it, so events are parsed,
 * judged and answered in the same way.
 */

/** What a front end should do with an event of which it is unknown whether it was stored. */
export const REPEAT_WITH_ID =
  'send it again with its client_event_id, or read the events first if it has none';

/** An event of a batch that is not recorded; `status` is what it would have got alone. */
const refusedEvent = z
  .looseObject({
    acknowledged: z.literal(false),
    status: z.int(),
    code: z.string().describe('`not_tried` (409) for what follows the first refusal.'),
    detail: z.string(),
  })
  .meta({ id: 'RefusedEvent' });

/** The outcome of one event of a batch. */
export const verdict = z.discriminatedUnion('acknowledged', [acknowledgement, refusedEvent]);
export type Verdict = z.output<typeof verdict>;

/** Which attempt an event is for. @throws Refusal 422 listing everything wrong with the event if it names none. */
export function attemptOf(body: unknown): string {
  const { data } = objectIdString.safeParse((body as { attempt_id?: unknown } | null)?.attempt_id);
  return data ?? parse(submittedEvent, body).attempt_id;
}

/**
 * Takes one event.
 * @throws Refusal 422 if it cannot be parsed; otherwise as `Session.submit` does.
 */
export async function takeEvent(session: Session, body: unknown): Promise<Acknowledgement> {
  let event: SubmittedEvent;
  try {
    event = parse(submittedEvent, body);
  } catch (error) {
    throw await withState(error, session);
  }
  return session.submit(event);
}

/**
 * Takes several events in order and stops at the first that is not accepted. The events before it stay recorded.
 * @param sizes of the events as posted, in bytes; left out where none can be too large
 * @returns a verdict for each event
 * @throws the error, such as a 503, that kept even the first event from being judged
 */
export async function takeBatch(
  session: Session,
  bodies: readonly unknown[],
  sizes: readonly number[] = [],
): Promise<Verdict[]> {
  const read: SubmittedEvent[] = [];
  let unreadable: unknown;
  for (const [index, body] of bodies.entries()) {
    try {
      refuseTooLarge(sizes[index] ?? 0);
      read.push(parseOneOfMany(body, session.attempt.attempt_id));
    } catch (error) {
      unreadable = error;
      break;
    }
  }
  const results = await session.submitBatch(read);
  const allAccepted = results.every((result) => !(result instanceof Error));
  // Only now does the state include the events before the unreadable one.
  if (unreadable && allAccepted) results.push(await withState(unreadable, session));
  const [first] = results;
  if (first instanceof Error && refusalOf(first).status >= 500) throw first;
  return bodies.map((_, index) => verdictOf(results[index]));
}

/** Completes the attempt with the current selection. @param body `{}` or the optional fields of a completion */
export async function completeAttempt(session: Session, body: unknown): Promise<Acknowledgement> {
  const { final_option_id, final_option_code, ...details } = parse(completion, body);
  return session.complete({
    ...details,
    final: { option_id: final_option_id, option_code: final_option_code },
  });
}

/** @throws Refusal 413 if the event would be too large even when sent alone. */
function refuseTooLarge(size: number): void {
  if (size > EVENT_BODY_LIMIT) {
    throw bodyTooLarge(`One event may have at most ${EVENT_BODY_LIMIT} bytes.`);
  }
}

function parseOneOfMany(body: unknown, attempt_id: string): SubmittedEvent {
  const event = parse(submittedEvent, body);
  if (event.attempt_id === attempt_id) return event;
  throw validationFailed([
    { path: 'attempt_id', message: 'must be the attempt of the first event of the batch' },
  ]);
}

/** An event that cannot be parsed is answered like one that the state refuses: with the state and what it allows. */
async function withState(error: unknown, session: Session): Promise<Error> {
  if (session.isOverdue) await session.catchUp();
  return error instanceof Refusal ? refuseUnreadable(error, session.state) : (error as Error);
}

/** The answer for one event of a batch. @param result undefined if the event was not tried */
export function verdictOf(
  result: Acknowledgement | Error = notTried(
    'An event before this one was not accepted, so this one was not tried.',
  ),
): Verdict {
  if (!(result instanceof Error)) return result;
  const { status, code, message, details } = refusalOf(result);
  return { acknowledged: false, status, code, detail: message, ...details };
}

function refusalOf(error: Error): Refusal {
  if (error instanceof DatabaseUnavailable && !error.isNothingStored) {
    return outcomeUnknown(error.cause, REPEAT_WITH_ID);
  }
  return error instanceof Refusal ? error : internalError(error);
}
