import type { Caller } from '../caller.ts';
import { forbidden, notFound } from '../errors.ts';
import { isStaff } from '../http/access.ts';
import type { Attempt } from './attempt.ts';
import type { Session } from './session/session.ts';
import type { SessionRegistry } from './session/session-registry.ts';
import type { AttemptStore } from './stored/attempt-store.ts';

/** The answer for an attempt that does not exist, and for one that the caller may not know of. */
export const noSuchAttempt = () => notFound('There is no such attempt.');

/**
 * Finds an attempt for a caller who may read it: its owner or staff.
 * @returns undefined if there is no such attempt, or if it is somebody else's: strangers get one answer for both, after
 * the same work, so that they cannot find out which attempts exist.
 * @throws Refusal 403 `forbidden` for a token of another attempt
 */
export async function findReadable(
  attempts: Pick<AttemptStore, 'find'>,
  caller: Caller,
  attempt_id: string,
): Promise<Attempt | undefined> {
  refuseOtherAttempts(caller, attempt_id);
  const attempt = await attempts.find(attempt_id);
  return attempt && (isStaff(caller) || isOwner(caller, attempt)) ? attempt : undefined;
}

/** What finding an own session needs. */
export interface OwnSessions {
  attempts: Pick<AttemptStore, 'find'>;
  sessions: Pick<SessionRegistry, 'get' | 'peek'>;
}

/**
 * Finds the session of the caller's own attempt. Only the owner may post events.
 * @throws Refusal 404 `not_found`, for strangers also if the attempt exists; 403 `forbidden` for staff, who may read it,
 * and for a token of another attempt
 */
export async function findOwn(
  { attempts, sessions }: OwnSessions,
  caller: Caller,
  attempt_id: string,
): Promise<Session> {
  refuseOtherAttempts(caller, attempt_id);
  // An attempt token proves that the attempt is its bearer's. An account is looked up before the session is loaded:
  // loading takes a while, by which a stranger would know that the attempt exists.
  const known = sessions.peek(attempt_id)?.attempt;
  if (caller.kind === 'account' && !(known && isOwner(caller, known))) {
    const attempt = await attempts.find(attempt_id);
    if (attempt && !isOwner(caller, attempt) && isStaff(caller))
      throw forbidden('This attempt is not yours.');
    if (!attempt || !isOwner(caller, attempt)) throw noSuchAttempt();
  }
  return sessions.get(attempt_id);
}

/** An attempt token names its attempt, so a request for another one is refused without any lookup. */
function refuseOtherAttempts(caller: Caller, attempt_id: string): void {
  if (caller.kind === 'attempt' && caller.attempt_id !== attempt_id) {
    throw forbidden('This token is for another attempt.');
  }
}

const isOwner = (
  caller: Caller,
  { attempt_id, user_id }: Pick<Attempt, 'attempt_id' | 'user_id'>,
): boolean => (caller.kind === 'attempt' ? caller.attempt_id === attempt_id : caller.user_id === user_id);
