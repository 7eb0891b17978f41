import type { Attempt } from './attempt.ts';
import type { AttemptView } from './feed.ts';

/** What a candidate sees of the own attempt. */
export function candidateAttempt(attempt: Attempt) {
  const { attempt_id, task_id, user_id, status, is_locked, redeemed_at, started_at, completed_at } = attempt;
  const { expires_at, final_selection, reasoning_text } = attempt;
  return {
    ...{ attempt_id, task_id, user_id, status, is_locked, redeemed_at, started_at, completed_at },
    ...{ expires_at, final_selection, reasoning_text },
  };
}

/** What staff see of any attempt. */
export function staffAttempt(attempt: Attempt) {
  const { issued_by, candidate_email, machine_id, created_at, revoked_at } = attempt;
  return { ...candidateAttempt(attempt), issued_by, candidate_email, machine_id, created_at, revoked_at };
}

/** An attempt whose token nobody has redeemed: it has no machine yet, and takes nothing. */
export const unredeemedView = ({ status }: Attempt): AttemptView => ({
  state: 'waiting_for_redemption',
  allowed_events: [],
  sequence_number: 0,
  status,
});
