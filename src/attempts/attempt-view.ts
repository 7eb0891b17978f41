import type { Caller } from '../caller.ts';
import { isStaff } from '../http/access.ts';
import type { Attempt } from './attempt.ts';
import type { AttemptView } from './session/feed.ts';

/** What candidates see of their attempt. */
export function candidateAttempt(attempt: Attempt) {
  return {
    attempt_id: attempt.attempt_id,
    task_id: attempt.task_id,
    user_id: attempt.user_id,
    status: attempt.status,
    is_locked: attempt.is_locked,
    redeemed_at: attempt.redeemed_at,
    started_at: attempt.started_at,
    completed_at: attempt.completed_at,
    expires_at: attempt.expires_at,
    final_selection: attempt.final_selection,
    reasoning_text: attempt.reasoning_text,
  };
}

/** What staff see of any attempt. */
export function staffAttempt(attempt: Attempt) {
  const { issued_by, candidate_email, machine_id, created_at, revoked_at } = attempt;
  return { ...candidateAttempt(attempt), issued_by, candidate_email, machine_id, created_at, revoked_at };
}

/** The view of an attempt for `caller`, who must be allowed to read it. */
export const attemptFor = (caller: Caller, attempt: Attempt) =>
  isStaff(caller) ? staffAttempt(attempt) : candidateAttempt(attempt);

/** The view of an attempt whose token is not redeemed: it has no machine yet and accepts no events. */
export const unredeemedView = ({ status }: Attempt): AttemptView => ({
  state: 'waiting_for_redemption',
  allowed_events: [],
  sequence_number: 0,
  status,
});
