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
 * Milliseconds after the first exchange of a token in which it may be exchanged again: two tabs refresh at the same
 * moment, or an answer was lost on its way.
 */
const GRACE_MS = 30_000;
/** How often one token may be exchanged in all; a browser may restore several tabs at once. */
const MAX_EXCHANGES = 10;

/**
 * Rotating refresh tokens (RFC 9700, section 4.14.2). Each can be exchanged once; its successors share its family.
 * If a token is presented again, either its owner never got the answer or two people have it and one of them is a
 * thief. For a short grace the first is assumed, until a successor is used: then an answer did arrive. After that the
 * whole family is revoked, and the owner has to log in again.
 */
export class RefreshTokens {
  readonly #tokens: Collection<RefreshTokenDocument>;
  readonly #now: () => Date;

  constructor(tokens: Collection<RefreshTokenDocument>, now: () => Date = () => new Date()) {
    this.#tokens = tokens;
    this.#now = now;
  }

  /** @returns the first token of a new family; only its hash is stored. */
  issue(user_id: string): Promise<string> {
    return this.#insert(new ObjectId(user_id), new ObjectId());
  }

  /**
   * Exchanges a token for a successor. The same token may be exchanged again within the grace, at most
   * `MAX_EXCHANGES` times in all, and each exchange gives a successor of its own in the same family. Any other second
   * use revokes the family, including all successors.
   * @throws Refusal 401 for an unknown, used, revoked or expired token, always with the same words.
   */
  async exchange(token: string): Promise<{ user_id: string; refresh_token: string }> {
    const now = this.#now();
    const presented = await this.#tokens.findOne({ token_hash: hashOf(token) });
    if (!presented || presented.revoked_at) throw invalidToken();
    if (!presented.used_at && presented.expires_at <= now) throw invalidToken();
    if (presented.used_at && (isOver(presented.used_at, now) || (await this.#hasUsedSuccessor(presented)))) {
      return this.#refuseReuse(presented);
    }
    // The successor is stored before the exchange is counted. So whoever revokes the family after that also revokes
    // the successor.
    const refresh_token = await this.#insert(presented.user_id, presented.family_id, presented._id);
    if (!(await this.#countExchange(presented._id, now))) return this.#refuseReuse(presented);
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
  async deleteExpired(now: Date): Promise<number> {
    return (await this.#tokens.deleteMany({ expires_at: { $lt: now } })).deletedCount;
  }

  /** Whether an answer to an exchange of this token arrived: its successor has been exchanged in turn. */
  async #hasUsedSuccessor({ _id, family_id }: RefreshTokenDocument): Promise<boolean> {
    const used = { family_id, predecessor_id: _id, used_at: { $type: 'date' as const } };
    return (await this.#tokens.findOne(used, { projection: { _id: 1 } })) !== null;
  }

  /** One atomic update, so that the limits hold however many processes exchange the token at once. */
  async #countExchange(_id: ObjectId, now: Date): Promise<boolean> {
    const again = {
      used_at: { $gt: new Date(now.getTime() - GRACE_MS) },
      // Absent in tokens that an earlier release exchanged.
      exchange_count: { $not: { $gte: MAX_EXCHANGES } },
    };
    const { modifiedCount } = await this.#tokens.updateOne(
      { _id, revoked_at: null, $or: [{ used_at: null }, again] },
      [
        {
          $set: {
            used_at: { $ifNull: ['$used_at', now] },
            exchange_count: { $add: [{ $ifNull: ['$exchange_count', 0] }, 1] },
          },
        },
      ],
    );
    return modifiedCount === 1;
  }

  /** @throws Refusal 401, always */
  async #refuseReuse({ family_id }: RefreshTokenDocument): Promise<never> {
    await this.#revokeFamily(family_id);
    throw invalidToken();
  }

  #revokeFamily(family_id: ObjectId): Promise<void> {
    return this.#revoke({ family_id });
  }

  async #revoke(which: { family_id: ObjectId } | { user_id: ObjectId }): Promise<void> {
    await this.#tokens.updateMany({ ...which, revoked_at: null }, { $set: { revoked_at: this.#now() } });
  }

  async #insert(user_id: ObjectId, family_id: ObjectId, predecessor_id?: ObjectId): Promise<string> {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const now = this.#now();
    await this.#tokens.insertOne({
      _id: new ObjectId(),
      token_hash: hashOf(token),
      family_id,
      predecessor_id,
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

const isOver = (used_at: Date, now: Date): boolean => now.getTime() - used_at.getTime() >= GRACE_MS;

const invalidToken = () =>
  notAuthenticated('The refresh token is not valid or no longer valid; log in again.');
