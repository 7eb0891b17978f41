import { createHash, randomBytes } from 'node:crypto';
import { Binary, type Collection, ObjectId } from 'mongodb';
import { z } from 'zod';
import type { Attempt, RedeemedAttempt } from '../attempts/attempt.ts';
import { toAttempt } from '../attempts/stored/attempt-store.ts';
import type { AttemptDocument } from '../attempts/stored/collection.ts';
import { isDuplicateKey } from '../database/errors.ts';
import { objectIdString } from '../fields.ts';
import { type AttemptChain, commitmentTo } from '../proof/chain-start.ts';
import type { RedemptionContent } from '../proof/formats.ts';

/** A new token, which its issuer sees only once. */
export const issuedToken = z
  .object({
    attempt_id: objectIdString,
    token: z.string().describe('Shown this once.'),
    expires_at: z.date(),
  })
  .meta({ id: 'IssuedToken' });
export type IssuedToken = z.output<typeof issuedToken>;

/** The address and the task that a token is for. */
export interface BoundTo {
  candidate_email: string;
  task_id: string;
}

export type RedemptionResult =
  | { outcome: 'redeemed'; attempt: RedeemedAttempt }
  /** Somebody else was faster, or the token expired or was revoked meanwhile. */
  | { outcome: 'not_redeemable' }
  /** The candidate already has an attempt at this task; the token stays valid. */
  | { outcome: 'already_attempted' };

const TOKEN_BYTES = 32;

/** The part of the stored attempts that concerns their tokens. Only hashes of tokens are stored. */
export class TokenStore {
  readonly #attempts: Collection<AttemptDocument>;

  constructor(attempts: Collection<AttemptDocument>) {
    this.#attempts = attempts;
  }

  /** Creates `count` attempts whose tokens are not redeemed yet. */
  async issue(
    order: { task_id: string; issued_by: string; candidate_email: string | null; expires_at: Date },
    count: number,
  ): Promise<IssuedToken[]> {
    const issued = Array.from({ length: count }, () => ({
      _id: new ObjectId(),
      token: randomBytes(TOKEN_BYTES).toString('base64url'),
    }));
    const created_at = new Date();
    await this.#attempts.insertMany(
      issued.map(({ _id, token }) => ({
        _id,
        attempt_token_hash: hashOf(token),
        user_id: null,
        task_id: new ObjectId(order.task_id),
        issued_by: new ObjectId(order.issued_by),
        candidate_email: order.candidate_email,
        status: 'pending',
        is_locked: false,
        machine_id: null,
        redeemed_at: null,
        started_at: null,
        completed_at: null,
        final_selection: null,
        reasoning_text: null,
        created_at,
        expires_at: order.expires_at,
        revoked_at: null,
      })),
    );
    return issued.map(({ _id, token }) => ({
      attempt_id: _id.toHexString(),
      token,
      expires_at: order.expires_at,
    }));
  }

  async find(token: string): Promise<Attempt | undefined> {
    const found = await this.#attempts.findOne({ attempt_token_hash: hashOf(token) });
    return found ? toAttempt(found) : undefined;
  }

  /** Gives an unredeemed attempt to a candidate. One atomic update: however many try at once, only one gets it. */
  async redeem(
    attempt_id: string,
    by: {
      user_id: string;
      machine_id: string;
      chain: AttemptChain;
      redemption_id: string | undefined;
      now: Date;
      expires_at: Date;
    },
  ): Promise<RedemptionResult> {
    try {
      const redeemed = await this.#attempts.findOneAndUpdate(
        { ...unredeemedFilter(attempt_id), expires_at: { $gt: by.now } },
        {
          $set: {
            user_id: new ObjectId(by.user_id),
            machine_id: by.machine_id,
            redemption_id: by.redemption_id,
            chain: toDocument(attempt_id, by),
            is_redemption_logged: false,
            redeemed_at: by.now,
            expires_at: by.expires_at,
          },
        },
        { returnDocument: 'after' },
      );
      if (!redeemed) return { outcome: 'not_redeemable' };
      return { outcome: 'redeemed', attempt: toAttempt(redeemed) as RedeemedAttempt };
    } catch (error) {
      if (isDuplicateKey(error)) return { outcome: 'already_attempted' };
      throw error;
    }
  }

  /** The attempts with an open token for this address and task, the newest first. */
  async findOpen({ candidate_email, task_id }: BoundTo): Promise<string[]> {
    const open = await this.#attempts
      .find(
        {
          candidate_email,
          task_id: new ObjectId(task_id),
          status: 'pending',
          redeemed_at: null,
          revoked_at: null,
        },
        { hint: 'by_candidate_email' },
      )
      .project<{ _id: ObjectId }>({ _id: 1 })
      .toArray();
    return open
      .map(({ _id }) => _id.toHexString())
      .toSorted()
      .toReversed();
  }

  /** @returns false if the token has already been redeemed or revoked. */
  async revoke(attempt_id: string, now: Date): Promise<boolean> {
    const { matchedCount } = await this.#attempts.updateOne(unredeemedFilter(attempt_id), {
      $set: { revoked_at: now, status: 'expired' },
    });
    return matchedCount === 1;
  }
}

const unredeemedFilter = (attempt_id: string) => ({
  _id: new ObjectId(attempt_id),
  redeemed_at: null,
  revoked_at: null,
});

function toDocument(attempt_id: string, { chain, now }: { chain: AttemptChain; now: Date }) {
  const { first_digest, key_commitment, secret } = chain;
  const content: RedemptionContent = {
    kind: 'redemption',
    attempt_id,
    first_digest: Buffer.from(first_digest).toString('base64url'),
    redeemed_at: now.toISOString(),
  };
  return {
    first_digest: new Binary(first_digest),
    key_commitment: new Binary(key_commitment),
    secret: new Binary(secret),
    redemption_commitment: new Binary(commitmentTo(content, chain)),
  };
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url');
