import { createHash, randomBytes } from 'node:crypto';
import { type Collection, ObjectId } from 'mongodb';
import { notAuthenticated } from '../errors.ts';
import type { RefreshTokenDocument } from './collections.ts';

/** Lifetime of a refresh token in days; its successor starts with the full lifetime again. */
const REFRESH_TOKEN_DAYS = 30;
/** Bytes of randomness in a refresh token. */
const TOKEN_BYTES = 32;
const DAY_MS = 86_400_000;

/**
 * Rotating refresh tokens (RFC 9700, section 4.14.2). Each can be exchanged once; its successors share its family.
 * If a token is presented twice, two people have it and one of them is a thief. The whole family is then revoked,
 * and the owner has to log in again.
 */
export class RefreshTokens {
  readonly #tokens: Collection<RefreshTokenDocument>;

  constructor(tokens: Collection<RefreshTokenDocument>) {
    this.#tokens = tokens;
  }

  /** @returns the first token of a new family; only its hash is stored. */
  issue(user_id: string): Promise<string> {
    return this.#insert(new ObjectId(user_id), new ObjectId());
  }

  /**
   * Exchanges a token for its successor. If one token is exchanged several times at once, exactly one exchange
   * succeeds; the others count as a second use and revoke the family, including the successor.
   * @throws Refusal 401 for an unknown, used, revoked or expired token, always with the same words.
   */
  async exchange(token: string): Promise<{ user_id: string; refresh_token: string }> {
    const presented = await this.#tokens.findOne({ token_hash: hashOf(token) });
    if (!presented) throw invalidToken();
    if (presented.used_at) {
      await this.#revokeFamily(presented.family_id);
      throw invalidToken();
    }
    const now = new Date();
    if (presented.revoked_at || presented.expires_at <= now) throw invalidToken();

    // The successor is stored before its predecessor is marked as used. So an exchange that sees the mark and
    // revokes the family also revokes the successor.
    const refresh_token = await this.#insert(presented.user_id, presented.family_id);
    const { modifiedCount } = await this.#tokens.updateOne(
      { _id: presented._id, used_at: null, revoked_at: null },
      { $set: { used_at: now } },
    );
    if (modifiedCount !== 1) {
      await this.#revokeFamily(presented.family_id);
      throw invalidToken();
    }
    return { user_id: presented.user_id.toHexString(), refresh_token };
  }

  /** Revokes the token's family; does nothing for an unknown token. */
  async revokeFamilyOf(token: string): Promise<void> {
    const known = await this.#tokens.findOne({ token_hash: hashOf(token) });
    if (known) await this.#revokeFamily(known.family_id);
  }

  /** Revokes all refresh tokens of an account. */
  async revokeAllOf(user_id: string): Promise<void> {
    await this.#revoke({ user_id: new ObjectId(user_id) });
  }

  /** Deletes tokens that expired before `now`; they would be refused anyway. @returns how many */
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

const invalidToken = () =>
  notAuthenticated('The refresh token is not valid or no longer valid; log in again.');
