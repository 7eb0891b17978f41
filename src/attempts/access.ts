import type { Caller } from '../caller.ts';
import { forbidden } from '../errors.ts';
import { isStaff } from '../http/access.ts';
import type { Attempt } from './attempt.ts';
import type { Session } from './session/session.ts';
import type { SessionRegistry } from './session/session-registry.ts';
import type { AttemptStore } from './stored/attempt-store.ts';

/**
 * Finds an attempt for a caller who may read it: its owner or staff.
 * @returns undefined if there is no such attempt
 * @throws Refusal 403 `forbidden` for any other caller
 */
export async function findReadable(
  attempts: Pick<AttemptStore, 'find'>,
  caller: Caller,
  attempt_id: string,
): Promise<Attempt | undefined> {
  refuseOtherAttempts(caller, attempt_id);
  const attempt = await attempts.find(attempt_id);
  if (attempt && !isStaff(caller)) refuseStrangers(caller, attempt);
  return attempt;
}

/**
 * Finds the session of the caller's own attempt. Only the owner may post events.
 * @throws Refusal 403 `forbidden` for any other caller, 404 `not_found`, 409 `attempt_not_redeemed`
 */
export async function findOwn(
  sessions: Pick<SessionRegistry, 'get'>,
  caller: Caller,
  attempt_id: string,
): Promise<Session> {
  refuseOtherAttempts(caller, attempt_id);
  const session = await sessions.get(attempt_id);
  refuseStrangers(caller, session.attempt);
  return session;
}

/** An attempt token names its attempt, so a request for another one is refused without any lookup. */
function refuseOtherAttempts(caller: Caller, attempt_id: string): void {
  if (caller.kind === 'attempt' && caller.attempt_id !== attempt_id) {
    throw forbidden('This token is for another attempt.');
  }
}

function refuseStrangers(caller: Caller, attempt: Pick<Attempt, 'attempt_id' | 'user_id'>): void {
  const isOwner =
    caller.kind === 'attempt' ? caller.attempt_id === attempt.attempt_id : caller.user_id === attempt.user_id;
  if (!isOwner) throw forbidden('This attempt is not yours.');
}
