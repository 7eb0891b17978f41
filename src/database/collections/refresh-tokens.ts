import type { ObjectId } from 'mongodb';
import { type CollectionDefinition, closed, date, objectId, orNull, text } from './definition.ts';

/** One refresh token. Tokens that came of each other by rotation share a family. */
export interface RefreshTokenDocument {
  _id: ObjectId;
  /** SHA-256 of the token, base64url; the token itself is never stored. */
  token_hash: string;
  family_id: ObjectId;
  user_id: ObjectId;
  /** When it was exchanged for its successor; a second use after that revokes the family. */
  used_at: Date | null;
  revoked_at: Date | null;
  created_at: Date;
  expires_at: Date;
}

export const refreshTokens: CollectionDefinition = {
  name: 'refresh_tokens',
  schema: closed({
    _id: objectId,
    token_hash: text,
    family_id: objectId,
    user_id: objectId,
    used_at: orNull(date),
    revoked_at: orNull(date),
    created_at: date,
    expires_at: date,
  }),
  indexes: [
    { name: 'token_hash', key: { token_hash: 1 }, unique: true },
    { name: 'family', key: { family_id: 1 } },
    { name: 'user', key: { user_id: 1 } },
    { name: 'expiry', key: { expires_at: 1 } },
  ],
};
