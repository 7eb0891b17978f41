import { createHash, randomBytes } from 'node:crypto';
import { type Collection, ObjectId } from 'mongodb';
import { notAuthenticated } from '../errors.ts';
import type { RefreshTokenDocument } from './collections.ts';

/** Days a refresh token is good for; each exchange begins them anew. */
const REFRESH_TOKEN_DAYS = 30;
/** Bytes of randomness in a refresh token. */
const TOKEN_BYTES = 32;
const DAY_MS = 86_400_000;

/**
 * Refresh tokens that rotate (RFC 9700, section 4.14.2). Each is good for one exchange; its successors share
 * its family. A token presented a second time means that two hold it, one of them a thief, so the whole family
 * ends and the owner logs in again.
 */
export class RefreshTokens {
  readonly #tokens: Collection<RefreshTokenDocument>;

  constructor(tokens: Collection<RefreshTokenDocument>) {
    this.#tokens = tokens;
  }

  /** @returns a token that begins a new family; only its hash is stored. */
  issue(user_id: string): Promise<string> {
    return this.#insert(new ObjectId(user_id), new ObjectId());
  }

  /**
   * Takes a token and gives its successor. Of several simultaneous exchanges of one token exactly one
   * succeeds; the others count as a second use, so that the successor ends with the family, too.
   * @throws Refusal 401 for a token that is unknown, used, revoked or expired, all in the same words.
   */
  async exchange(token: string): Promise<{ user_id: string; refresh_token: string }> {
    const presented = await this.#tokens.findOne({ token_hash: hashOf(token) });
    if (!presented) throw refused();
    if (presented.used_at) {
      await this.#revokeFamily(presented.family_id);
      throw refused();
    }
    const now = new Date();
    if (presented.revoked_at || presented.expires_at <= now) throw refused();

    // The successor is there before its predecessor is marked used, so that whoever sees the mark and revokes
    // the family revokes the successor with it.
    const refresh_token = await this.#insert(presented.user_id, presented.family_id);
    const { modifiedCount } = await this.#tokens.updateOne(
      { _id: presented._id, used_at: null, revoked_at: null },
      { $set: { used_at: now } },
    );
    if (modifiedCount !== 1) {
      await this.#revokeFamily(presented.family_id);
      throw refused();
    }
    return { user_id: presented.user_id.toHexString(), refresh_token };
  }

  /** Ends the token's family; does nothing for an unknown token. */
  async revokeFamilyOf(token: string): Promise<void> {
    const known = await this.#tokens.findOne({ token_hash: hashOf(token) });
    if (known) await this.#revokeFamily(known.family_id);
  }

  /** Ends every family of an account. */
  async revokeAllOf(user_id: string): Promise<void> {
    await this.#revoke({ user_id: new ObjectId(user_id) });
  }

  /** Deletes what expired before `now`; it would be refused anyhow. @returns how many. */
  async deleteExpired(now = new Date()): Promise<number> {
    return (await this.#tokens.deleteMany({ expires_at: { $lt: now } })).deletedCount;
  }

  #revokeFamily(family_id: ObjectId): Promise<void> {
    return this.#revoke({ family_id });
  }

  async #revoke(which: { family_id: ObjectId } | { user_id: ObjectId }): Promise<void> {
    await this.#tokens.updateMany({ ...which, revoked_at: null }, { $set: { revoked_at: new Date() } });
  }

  async #insert(user_id: ObjectId, family_id: ObjectId): Promise<string> {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const now = new Date();
    await this.#tokens.insertOne({
      _id: new ObjectId(),
      token_hash: hashOf(token),
      family_id,
      user_id,
      used_at: null,
      revoked_at: null,
      created_at: now,
      expires_at: new Date(now.getTime() + REFRESH_TOKEN_DAYS * DAY_MS),
    });
    return token;
  }
}

/** A plain hash is enough: 256 random bits cannot be guessed, so there is nothing to slow down. */
const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url');

const refused = () => notAuthenticated('The refresh token is not valid (any more); log in again.');
