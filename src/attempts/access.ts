import type { Caller } from '../caller.ts';
import { forbidden } from '../errors.ts';
import { isStaff } from '../http/access.ts';
import type { Attempt } from './attempt.ts';
import type { Session } from './session/session.ts';
import type { SessionRegistry } from './session/session-registry.ts';
import type { AttemptStore } from './stored/attempt-store.ts';

/**
 * An attempt for whoever may read it: its owner and staff.
 * @returns undefined where there is none
 * @throws Refusal 403 `forbidden` for anybody else
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
 * The session of an attempt for its owner, who alone may post events.
 * @throws Refusal 403 `forbidden` for anybody else, 404 `not_found`, 409 `attempt_not_redeemed`
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

/** An attempt token says itself which attempt it is for, so that nothing needs to be looked up to refuse it. */
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
