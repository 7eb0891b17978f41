import type { ObjectId } from 'mongodb';
import { ROLES, type Role } from '../caller.ts';
import {
  arrayOf,
  bool,
  type CollectionDefinition,
  closed,
  date,
  objectId,
  oneOf,
  orNull,
  text,
  wholeNumber,
} from '../database/definition.ts';

export interface UserDocument {
  _id: ObjectId;
  /** The address to log in with, lower-cased. Whoever registered it has not shown that it is theirs. */
  email?: string;
  /**
   * The address, lower-cased, whose invitations this candidate answers: tokens bound to it that are redeemed without
   * an account make this candidate's attempts. Set by redeeming or by an administrator, never by registering. In
   * databases of releases 1 and 2 such a candidate has `email` and no password instead.
   */
  candidate_email?: string;
  /** argon2id; absent if no password is set, so that nobody can log in. */
  password_hash?: string;
  /** The networks that the owner was in, as `KnownPlaces` makes them, the latest last; absent before the first log-in. */
  known_places?: string[];
  role: Role;
  is_active: boolean;
  created_at: Date;
  updated_at: Date;
}

/** One refresh token. A token and its successors share a family. */
export interface RefreshTokenDocument {
  _id: ObjectId;
  /** SHA-256 of the token, base64url; the token itself is never stored. */
  token_hash: string;
  family_id: ObjectId;
  /** The token it was exchanged for; absent in the first of a family and in tokens of earlier releases. */
  predecessor_id?: ObjectId;
  user_id: ObjectId;
  /** When it was first exchanged; a second use after a short grace revokes the family. */
  used_at: Date | null;
  /** How often it was exchanged; absent if never, and in tokens of earlier releases. */
  exchange_count?: number;
  revoked_at: Date | null;
  created_at: Date;
  expires_at: Date;
}

export const users: CollectionDefinition<UserDocument> = {
  name: 'users',
  schema: closed(
    {
      _id: objectId,
      email: text,
      candidate_email: text,
      password_hash: text,
      known_places: arrayOf(text),
      role: oneOf(ROLES),
      is_active: bool,
      created_at: date,
      updated_at: date,
    },
    ['email', 'candidate_email', 'password_hash', 'known_places'],
  ),
  indexes: [
    {
      name: 'email',
      key: { email: 1 },
      unique: true,
      partialFilterExpression: { email: { $exists: true } },
    },
    {
      name: 'candidate_email',
      key: { candidate_email: 1 },
      unique: true,
      partialFilterExpression: { candidate_email: { $exists: true } },
    },
  ],
};

export const refreshTokens: CollectionDefinition<RefreshTokenDocument> = {
  name: 'refresh_tokens',
  schema: closed(
    {
      _id: objectId,
      token_hash: text,
      family_id: objectId,
      predecessor_id: objectId,
      user_id: objectId,
      used_at: orNull(date),
      exchange_count: wholeNumber,
      revoked_at: orNull(date),
      created_at: date,
      expires_at: date,
    },
    ['predecessor_id', 'exchange_count'],
  ),
  indexes: [
    { name: 'token_hash', key: { token_hash: 1 }, unique: true },
    { name: 'family', key: { family_id: 1 } },
    { name: 'user', key: { user_id: 1 } },
    { name: 'expiry', key: { expires_at: 1 } },
  ],
};
