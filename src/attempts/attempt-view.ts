import type { Caller } from '../caller.ts';
import type { OptionReference } from '../events/event-table.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';
import { isStaff } from '../http/access.ts';
import type { Attempt } from './attempt.ts';
import type { AttemptView } from './session/feed.ts';
import type { Session } from './session/session.ts';

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
  return {
    ...candidateAttempt(attempt),
    issued_by,
    candidate_email,
    machine_id,
    created_at,
    revoked_at,
    client_clock_ahead_ms: attempt.client_clock_ahead_ms ?? null,
  };
}

/** What is shown of an event: all but the form in which a part of it is stored. */
export function eventView({ sealed: _, ...event }: RecordedEvent) {
  return event;
}

/** The view of an attempt for `caller`, who must be allowed to read it. */
export const attemptFor = (caller: Caller, attempt: Attempt) =>
  isStaff(caller) ? staffAttempt(attempt) : candidateAttempt(attempt);

/** Where an attempt stands: all that a front end needs to go on after a reload, besides the attempt itself. */
export interface AttemptStanding extends AttemptView {
  current_selection: OptionReference | null;
  /** Server time of the last recorded event. */
  last_event_at: Date | null;
}

export const standingOf = (session: Session): AttemptStanding => ({
  ...session.view,
  current_selection: session.state.context.selection,
  last_event_at: session.lastEventAt,
});

/** The standing of an attempt whose token is not redeemed. */
export const unredeemedStanding = (attempt: Attempt): AttemptStanding => ({
  ...unredeemedView(attempt),
  current_selection: null,
  last_event_at: null,
});

/** The view of an attempt whose token is not redeemed: it has no machine yet and accepts no events. */
export const unredeemedView = ({ status }: Attempt): AttemptView => ({
  state: 'waiting_for_redemption',
  allowed_events: [],
  sequence_number: 0,
  status,
});
