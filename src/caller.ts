export const ROLES = ['candidate', 'recruiter', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Who sends a request, as proved by its credentials. */
export type Caller =
  | { kind: 'account'; user_id: string; role: Role }
  /** A candidate whose token is valid for one attempt only. */
  | { kind: 'attempt'; user_id: string; attempt_id: string };

/**
 * How long a candidate's token outlives its attempt, in milliseconds. So the attempt's end is told as its state and not
 * as a 401, and the candidate can read the results.
 */
export const ACCESS_OUTLIVES_MS = 30 * 86_400_000;
