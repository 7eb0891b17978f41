import type { OptionReference } from '../events/event-table.ts';

/**
 * Where a stored attempt stands. A later status replaces an earlier one and never the other way round: `pending`,
 * `in_progress`, `expired`, `completed` (a completion that met its expiry counts). That is the reverse of the
 * alphabet, on which `updateOf` in `attempt-projector.ts` rests; a status that breaks this needs another update.
 */
export const ATTEMPT_STATUSES = ['pending', 'in_progress', 'completed', 'expired'] as const;
export type AttemptStatus = (typeof ATTEMPT_STATUSES)[number];

/** One candidate's pass through one task, as stored. Ids are 24 hex digits. */
export interface Attempt {
  attempt_id: string;
  user_id: string | null;
  task_id: string;
  issued_by: string;
  candidate_email: string | null;
  status: AttemptStatus;
  is_locked: boolean;
  machine_id: string | null;
  redeemed_at: Date | null;
  started_at: Date | null;
  completed_at: Date | null;
  final_selection: OptionReference | null;
  reasoning_text: string | null;
  /** Number of the event that the text is of; absent while there is none. */
  reasoning_sequence_number?: number;
  created_at: Date;
  expires_at: Date;
  revoked_at: Date | null;
}

/** An attempt that a candidate has redeemed: from here on it has an owner and a machine. */
export type RedeemedAttempt = Attempt & { user_id: string; machine_id: string; redeemed_at: Date };

/** What never changes of a redeemed attempt: all that needs to stay in memory for as long as it is open. */
export type AttemptFacts = Pick<RedeemedAttempt, 'attempt_id' | 'user_id' | 'task_id' | 'expires_at'>;

export const isRedeemed = (attempt: Attempt): attempt is RedeemedAttempt => attempt.redeemed_at !== null;
