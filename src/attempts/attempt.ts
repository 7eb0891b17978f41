import type { OptionReference } from '../events/event-table.ts';
import type { AttemptChain } from '../proof/chain-start.ts';

/**
 * The status of a stored attempt. It only moves forward in this order: `pending`, `in_progress`, `expired`,
 * `completed` (a completion recorded at the moment of expiry counts). The order happens to be reverse alphabetical,
 * and `updateOf` in `attempt-projector.ts` relies on that; a new status that breaks it needs a different update.
 */
export const ATTEMPT_STATUSES = ['pending', 'in_progress', 'completed', 'expired'] as const;
export type AttemptStatus = (typeof ATTEMPT_STATUSES)[number];

/** Of two statuses of one attempt, the one that it has in the end, whichever was learnt first. */
export const laterStatus = (a: AttemptStatus, b: AttemptStatus): AttemptStatus => (a < b ? a : b);

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
  /** Number of the event that submitted `reasoning_text`; absent while there is no text. */
  reasoning_sequence_number?: number;
  /** How far the front end's clock was ahead, in ms, when an event was refused for it; absent if that never happened. */
  client_clock_ahead_ms?: number;
  created_at: Date;
  expires_at: Date;
  revoked_at: Date | null;
  /** A secret of the front end that redeemed the token; never shown to anybody. */
  redemption_id?: string;
  /** Access tokens of earlier generations are not valid; absent means 0. */
  access_generation?: number;
  /** Where the chain of its events starts; absent if it was redeemed under an earlier release. Never shown. */
  chain?: AttemptChain;
}

/** An attempt that a candidate has redeemed: it now has an owner and a machine. */
export type RedeemedAttempt = Attempt & { user_id: string; machine_id: string; redeemed_at: Date };

/** The fields of a redeemed attempt that never change, and all that needs to stay in memory while it is open. */
export type AttemptFacts = Pick<
  RedeemedAttempt,
  'attempt_id' | 'user_id' | 'task_id' | 'redeemed_at' | 'expires_at' | 'chain'
>;

export const isRedeemed = (attempt: Attempt): attempt is RedeemedAttempt => attempt.redeemed_at !== null;
