/** What somebody did to something. */
export interface AuditEntry {
  /** Who did it; null if the server did it on its own. */
  actor_id: string | null;
  /** In the past tense, for example `account_created`. */
  action: string;
  target_type: string;
  target_id: string;
  /** Further details. Never put a secret, a token or a password here. */
  details?: Record<string, unknown>;
}

/** Records actions after they have been done. */
export interface AuditLog {
  /** Resolves once the entry is on disk. */
  record(entry: AuditEntry): Promise<void>;
}
