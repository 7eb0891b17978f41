import { parse } from 'node:querystring';
import { z } from 'zod';
import { findReadable, noSuchAttempt } from '../attempts/access.ts';
import type { AttemptStore } from '../attempts/stored/attempt-store.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { isRefusedAccess, refusedAccess } from '../audit/refused-access.ts';
import type { Caller } from '../caller.ts';
import { forbidden, malformedRequest, notAuthenticated, notFound } from '../errors.ts';
import { lenientWholeNumber, objectIdString } from '../fields.ts';
import { isStaff } from '../http/access.ts';
import type { IdentifyCaller } from '../http/authenticate.ts';
import type { RateLimits } from '../http/rate-limits.ts';
import type { SocketBounds } from './socket-bounds.ts';

export interface AdmissionServices {
  identify: IdentifyCaller;
  attempts: Pick<AttemptStore, 'find'>;
  audit: AuditLog;
  limits: Pick<RateLimits, 'findById'>;
  bounds: SocketBounds;
}

/** What a live connection asks for. */
export interface WatchRequest {
  attempt_id: string;
  token: string;
  /** Number of the last event that the caller knows; undefined if it wants only what comes. */
  since: number | undefined;
}

/** Who may watch which attempt, and from where. */
export interface Admission extends WatchRequest {
  caller: Caller;
}

/** The query of a live connection. */
export const watchQuery = z.object({
  token: z.string().optional().describe('The `access_token`, since browsers can send no header here.'),
  since: lenientWholeNumber(0)
    .optional()
    .describe('First sends every stored event after this number, then goes live without gap or repeat.'),
});

/** @param target path and query. @throws Refusal 400, 401 or 404 */
export function readTarget(target: string): WatchRequest {
  const attempt_id = /^\/ws\/attempts\/([^/?#]+)(?:[?#]|$)/.exec(target)?.[1];
  if (!attempt_id) throw notFound('Connect to /ws/attempts/{attempt_id}.');
  const parsed = watchQuery.safeParse(queryOf(target));
  if (!parsed.success) throw malformedRequest('since must be a whole number, 0 or more.');
  const { token, since } = parsed.data;
  if (!token) throw notAuthenticated('Connect with ?token=…');
  return { attempt_id, token, since };
}

/**
 * Checks that the caller may have what a live connection asks for.
 * @param gone aborted when the connection ends
 * @throws Refusal 401, 403 or 404 if the caller may not watch the attempt, 429 if there are too many sockets
 */
export async function admit(
  { attempt_id, token, since }: WatchRequest,
  { identify, attempts, audit, limits, bounds }: AdmissionServices,
  gone: AbortSignal,
): Promise<Admission> {
  const caller = await identify(token);
  if (!objectIdString.safeParse(attempt_id).success) throw noSuchAttempt();
  await bounds.take({ token, caller, attempt_id }, gone);
  const lookUp = () => refuseStrangers(caller, attempt_id, attempts);
  await limits.findById(caller, lookUp).catch((error: unknown) => {
    if (isRefusedAccess(error)) {
      audit.countRefusal(refusedAccess(caller, { target_type: 'attempt', target_id: attempt_id }));
    }
    throw error;
  });
  return { attempt_id, caller, token, since };
}

async function refuseStrangers(
  caller: Caller,
  attempt_id: string,
  attempts: AdmissionServices['attempts'],
): Promise<void> {
  if (!(await findReadable(attempts, caller, attempt_id))) throw refusalFor(caller);
}

/** Strangers get one answer, whether or not the attempt exists. */
const refusalFor = (caller: Caller) =>
  isStaff(caller) ? noSuchAttempt() : forbidden('This attempt is not yours, or there is no such attempt.');

/** A parameter that occurs twice is an array, as in Koa's `ctx.query`. */
const queryOf = (target: string) => ({ ...parse(/\?([^#]*)/.exec(target)?.[1] ?? '') });
