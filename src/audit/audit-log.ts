/** What somebody did to something. */
export interface AuditEntry {
  /** Who did it; null for what the server did by itself. */
  actor_id: string | null;
  /** In the past tense, for example `account_created`. */
  action: string;
  target_type: string;
  target_id: string;
  /** What else matters. Never a secret, a token or a password. */
  details?: Record<string, unknown>;
}

/** Where domain code reports what was done, after it was done. */
export interface AuditLog {
  /** Resolves once the entry is on disk. */
  record(entry: AuditEntry): Promise<void>;
}
