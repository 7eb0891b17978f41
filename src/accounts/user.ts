import type { Role } from '../caller.ts';

/** An account as the rest of the server and the clients see it, without the password hash. */
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
  /** argon2id; null if no password is set, which matches nothing. */
  password_hash: string | null;
  /** The networks that the owner was in, as `KnownPlaces` makes them. */
  known_places: readonly string[];
}
