export const ROLES = ['candidate', 'recruiter', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Who sends a request, as proved by its credentials. */
export type Caller =
  | { kind: 'account'; user_id: string; role: Role }
  /** A candidate whose token is valid for one attempt only. */
  | { kind: 'attempt'; user_id: string; attempt_id: string };
