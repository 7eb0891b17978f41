import { z } from 'zod';
import type { Caller } from '../caller.ts';
import { EVENT_TYPES } from '../events/event-table.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';
import { objectIdString } from '../fields.ts';
import { isStaff } from '../http/access.ts';
import { ATTEMPT_STATUSES, type Attempt } from './attempt.ts';
import type { AttemptView } from './session/feed.ts';
import type { Session } from './session/session.ts';

const optionReference = z.object({
  option_id: objectIdString,
  option_code: z.string().meta({ examples: ['A'] }),
});

/** What candidates see of their attempt. */
export const candidateAttemptView = z
  .object({
    attempt_id: objectIdString,
    task_id: objectIdString,
    user_id: objectIdString.nullable(),
    status: z.enum(ATTEMPT_STATUSES),
    is_locked: z.boolean().describe('Results are saved and nothing is accepted any more.'),
    redeemed_at: z.date().nullable(),
    started_at: z.date().nullable(),
    completed_at: z.date().nullable(),
    expires_at: z.date(),
    final_selection: optionReference.nullable(),
    reasoning_text: z.string().nullable().describe('The text submitted last.'),
  })
  .meta({ id: 'Attempt' });

/** What staff see of any attempt. */
export const staffAttemptView = candidateAttemptView
  .extend({
    issued_by: objectIdString,
    candidate_email: z.string().nullable(),
    machine_id: z.string().nullable(),
    created_at: z.date(),
    revoked_at: z.date().nullable(),
    client_clock_ahead_ms: z
      .number()
      .nullable()
      .describe('How far the front end’s clock was ahead, when an event was refused for it.'),
  })
  .meta({ id: 'StaffAttempt' });

/** What watchers see of an attempt. */
const liveView = {
  state: z
    .union([z.string(), z.record(z.string(), z.unknown())])
    .describe('The state of the machine: a name, or an object of nested names.')
    .meta({ examples: ['waiting_for_start'] }),
  allowed_events: z.array(z.enum(EVENT_TYPES)),
  sequence_number: z.int().describe('Number of the last recorded event; 0 before the first.'),
  status: z.enum(ATTEMPT_STATUSES),
};
export const attemptStateView = z.object(liveView);

/** Where an attempt stands: all that a front end needs to go on after a reload, besides the attempt itself. */
const standing = {
  ...liveView,
  current_selection: optionReference.nullable(),
  last_event_at: z.date().nullable().describe('Server time of the last recorded event.'),
};

/** An attempt with its standing, for candidates and for staff: what the list shows of it, and where it stands. */
const answered = { ...standing, server_time: z.date() };
export const attemptWithStanding = z.union([
  staffAttemptView.extend(answered),
  candidateAttemptView.extend(answered),
]);

/** The view of an attempt for a candidate. */
export function candidateAttempt(attempt: Attempt): z.output<typeof candidateAttemptView> {
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

/** The view of an attempt for staff. */
export function staffAttempt(attempt: Attempt): z.output<typeof staffAttemptView> {
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

export type AttemptStanding = AttemptView &
  Pick<z.output<z.ZodObject<typeof standing>>, 'current_selection' | 'last_event_at'>;

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
