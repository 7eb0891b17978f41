/** What somebody did to something. */
export interface AuditEntry {
  /** Who did it; null if the server did it on its own, or nobody who is known. */
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
  /**
   * Records an act. Resolves once the entry is on disk; never rejects, because the act is done: what cannot be written
   * now is logged and tried again.
   */
  record(entry: AuditEntry): Promise<void>;
  /**
   * Records what staff read, without anyone waiting: the first reading at once, those that follow within a minute in
   * one entry with their number.
   */
  countReading(entry: AuditEntry): void;
  /**
   * Records what was refused, in the same way. Strangers cause these entries, so there are only so many: an actor's
   * refusals are counted together whatever their targets are, and in a flood of actors all others' are.
   */
  countRefusal(entry: AuditEntry): void;
}
