import type { Role } from '../caller.ts';

/** An account as the rest of the server and its clients know it. There is no password hash in it. */
export interface User {
  user_id: string;
  /** Lower-cased; null for an anonymous candidate. */
  email: string | null;
  role: Role;
  is_active: boolean;
  created_at: Date;
}

/** What a log-in is checked against. */
export interface Credentials {
  user: User;
  /** argon2id; null where no password is set, so that nothing matches. */
  password_hash: string | null;
}
