import { z } from 'zod';
import { NEWEST_FIRST } from '../database/pages.ts';
import { email, emailInQuery, objectIdString, optional, pasted } from '../fields.ts';
import { pageQuery, periodQuery } from '../http/page-query.ts';
import { TOKEN_STATES } from './token-list.ts';

/** Maximum number of tokens issued by one request. */
const MAX_TOKENS = 500;

export const tokenOrder = z
  .strictObject({
    task_id: objectIdString,
    /** Only the candidate with this address may redeem the token. */
    candidate_email: optional(email),
    expires_in_seconds: optional(z.int().min(60).max(31_536_000)),
    count: optional(z.int().min(1).max(MAX_TOKENS)).transform((count) => count ?? 1),
  })
  .refine(({ candidate_email, count }) => candidate_email === undefined || count === 1, {
    path: ['count'],
    error:
      'must be 1 with a candidate_email: one candidate makes one attempt; ask for each candidate on their own',
  });

export type TokenOrder = z.output<typeof tokenOrder>;

/** Any string of a sensible length; only the database knows whether it is a token. */
export const assessmentToken = pasted(200);

export const redemption = z.strictObject({
  token: assessmentToken,
  /** Made and kept by the front end before it asks, so that it may repeat the call. */
  redemption_id: optional(z.uuid({ error: 'must be a UUID' }).toLowerCase()),
});

export type Redemption = z.output<typeof redemption>;

export const revocation = z.strictObject({ attempt_id: objectIdString });

export const tokenQuery = z.strictObject({
  state: z.enum(TOKEN_STATES).optional(),
  task_id: objectIdString.optional(),
  issued_by: objectIdString.optional(),
  candidate_email: emailInQuery.optional(),
  ...periodQuery,
  ...pageQuery(NEWEST_FIRST),
});
