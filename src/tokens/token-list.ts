import type { Filter } from 'mongodb';
import type { Attempt, AttemptStatus } from '../attempts/attempt.ts';
import type { AttemptFilter, AttemptList } from '../attempts/stored/attempt-list.ts';
import type { AttemptDocument } from '../attempts/stored/collection.ts';
import type { Page, PageRequest } from '../database/pages.ts';

/** `open`: can be redeemed. `expired`: was not redeemed in time. */
export const TOKEN_STATES = ['open', 'redeemed', 'revoked', 'expired'] as const;
export type TokenState = (typeof TOKEN_STATES)[number];

/** An issued token as staff see it, without the token itself, which is not stored. */
export interface ListedToken
  extends Pick<
    Attempt,
    'attempt_id' | 'task_id' | 'issued_by' | 'candidate_email' | 'created_at' | 'redeemed_at' | 'revoked_at'
  > {
  state: TokenState;
  /** When the token expires; once redeemed: when the attempt expires. */
  expires_at: Date;
}

export type TokenFilter = Omit<AttemptFilter, 'status' | 'user_id'> & { state?: TokenState | undefined };

/** Issued tokens in pages, newest first. */
export async function listTokens(
  attempts: AttemptList,
  { state, ...filter }: TokenFilter,
  page: PageRequest,
): Promise<Page<ListedToken>> {
  const now = new Date();
  const { status, more } = state ? conditionFor(state, now) : {};
  const { items, next_cursor } = await attempts.page({ ...filter, status }, page, more);
  return { items: items.map((attempt) => toListedToken(attempt, now)), next_cursor };
}

function toListedToken(attempt: Attempt, now: Date): ListedToken {
  return {
    attempt_id: attempt.attempt_id,
    task_id: attempt.task_id,
    issued_by: attempt.issued_by,
    candidate_email: attempt.candidate_email,
    created_at: attempt.created_at,
    redeemed_at: attempt.redeemed_at,
    revoked_at: attempt.revoked_at,
    expires_at: attempt.expires_at,
    state: stateOf(attempt, now),
  };
}

function stateOf({ redeemed_at, revoked_at, expires_at }: Attempt, now: Date): TokenState {
  if (revoked_at) return 'revoked';
  if (redeemed_at) return 'redeemed';
  return expires_at <= now ? 'expired' : 'open';
}

/** `stateOf` as a query. It also names the statuses that are possible in a state, because they are in the indexes. */
function conditionFor(
  state: TokenState,
  now: Date,
): { status?: AttemptStatus | AttemptStatus[]; more: Filter<AttemptDocument> } {
  const unused = { redeemed_at: null, revoked_at: null };
  switch (state) {
    case 'open':
      return { status: 'pending', more: { ...unused, expires_at: { $gt: now } } };
    case 'expired':
      return { status: ['pending', 'expired'], more: { ...unused, expires_at: { $lte: now } } };
    case 'revoked':
      return { status: 'expired', more: { revoked_at: { $type: 'date' } } };
    case 'redeemed':
      return { more: { redeemed_at: { $type: 'date' } } };
  }
}
