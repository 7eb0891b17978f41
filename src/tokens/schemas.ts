import { z } from 'zod';
import { objectIdString } from '../events/submitted-event.ts';

/** Tokens that one request may issue. */
export const MAX_TOKENS = 500;

export const tokenOrder = z.strictObject({
  task_id: objectIdString,
  /** Only the candidate with this address may redeem the token. */
  candidate_email: z.email().max(254).toLowerCase().optional(),
  expires_in_seconds: z.int().min(60).max(31_536_000).optional(),
  count: z.int().min(1).max(MAX_TOKENS).default(1),
});

export type TokenOrder = z.output<typeof tokenOrder>;

/** Any string of a sensible length: whether it is a token, the database knows. */
export const assessmentToken = z.string().min(1).max(200);

export const redemption = z.strictObject({ token: assessmentToken });

export const revocation = z.strictObject({ attempt_id: objectIdString });
