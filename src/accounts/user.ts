import { z } from 'zod';
import { ROLES } from '../caller.ts';
import { objectIdString } from '../fields.ts';

/** An account as the rest of the server and the clients see it, without the password hash. */
export const user = z
  .object({
    user_id: objectIdString,
    email: z.string().nullable().describe('In lower case; null for an anonymous candidate.'),
    role: z.enum(ROLES),
    is_active: z.boolean(),
    created_at: z.date(),
  })
  .meta({ id: 'User' });
export type User = z.output<typeof user>;

/** What a log-in is checked against. */
export interface Credentials {
  user: User;
  /** argon2id; null if no password is set, which matches nothing. */
  password_hash: string | null;
  /** The networks that the owner was in, as `KnownPlaces` makes them. */
  known_places: readonly string[];
}
