import type { Filter } from 'mongodb';
import { z } from 'zod';
import type { Attempt, AttemptStatus } from '../attempts/attempt.ts';
import type { AttemptFilter, AttemptList } from '../attempts/stored/attempt-list.ts';
import type { AttemptDocument, TokenUse } from '../attempts/stored/collection.ts';
import type { Page, PageRequest } from '../database/pages.ts';
import { objectIdString } from '../fields.ts';

/** `open`: can be redeemed. `expired`: was not redeemed in time. */
export const TOKEN_STATES = ['open', 'redeemed', 'revoked', 'expired'] as const;
export type TokenState = (typeof TOKEN_STATES)[number];

/** An issued token as staff see it, without the token itself, which is not stored. */
export const listedToken = z
  .object({
    attempt_id: objectIdString,
    task_id: objectIdString,
    issued_by: objectIdString,
    candidate_email: z.string().nullable(),
    created_at: z.date(),
    redeemed_at: z.date().nullable(),
    revoked_at: z.date().nullable(),
    expires_at: z.date().describe('When the token expires; once redeemed: when the attempt expires.'),
    state: z.enum(TOKEN_STATES),
  })
  .meta({ id: 'Token' });
export type ListedToken = z.output<typeof listedToken>;

export type TokenFilter = Omit<AttemptFilter, 'status' | 'user_id' | 'use'> & {
  state?: TokenState | undefined;
};

/** Issued tokens in pages, newest first. */
export async function listTokens(
  attempts: AttemptList,
  { state, ...filter }: TokenFilter,
  page: PageRequest,
): Promise<Page<ListedToken>> {
  const now = new Date();
  const { more, ...condition } = state ? conditionFor(state, now) : {};
  const { items, next_cursor } = await attempts.page({ ...filter, ...condition }, page, more);
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

/**
 * `stateOf` as a query. A token whose time is over becomes `expired` within some seconds, when it is stored as such:
 * to find those of this moment among all open ones, every one would have to be read.
 */
function conditionFor(
  state: TokenState,
  now: Date,
): { use: TokenUse; status?: AttemptStatus; more?: Filter<AttemptDocument> } {
  switch (state) {
    case 'open':
      return { use: 'unused', status: 'pending', more: { expires_at: { $gt: now } } };
    case 'expired':
      return { use: 'unused', status: 'expired' };
    case 'revoked':
    case 'redeemed':
      return { use: state };
  }
}
