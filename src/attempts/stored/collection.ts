import type { Binary, Filter, ObjectId } from 'mongodb';
import {
  bool,
  bytes,
  type CollectionDefinition,
  type CollectionIndex,
  closed,
  date,
  newestFirst,
  objectId,
  oneOf,
  orNull,
  text,
  wholeNumber,
} from '../../database/definition.ts';
import { ATTEMPT_STATUSES, type AttemptStatus } from '../attempt.ts';

/**
 * One attempt, stored when its token is issued. The fields of `Projection` follow from the journal and are repaired
 * from it; the others say who may make the attempt and until when.
 */
export interface AttemptDocument {
  _id: ObjectId;
  /** SHA-256 of the assessment token, base64url; the token itself is never stored. */
  attempt_token_hash: string;
  /** Null until redeemed. */
  user_id: ObjectId | null;
  task_id: ObjectId;
  issued_by: ObjectId;
  candidate_email: string | null;
  status: AttemptStatus;
  /** True once the results are saved; nothing about the attempt changes after that. */
  is_locked: boolean;
  /** The published machine that judges the attempt; null until redeemed. */
  machine_id: string | null;
  redeemed_at: Date | null;
  started_at: Date | null;
  completed_at: Date | null;
  final_selection: { option_id: ObjectId; option_code: string } | null;
  reasoning_text: string | null;
  /** Number of the event that submitted `reasoning_text`; absent without a text, and in documents of early releases. */
  reasoning_sequence_number?: number;
  /** Present if an event was refused because the front end's clock was so many milliseconds ahead. */
  client_clock_ahead_ms?: number;
  created_at: Date;
  /** Before redemption: when the token expires; after it: when the attempt expires. */
  expires_at: Date;
  revoked_at: Date | null;
  /** The id under which the front end redeemed the token, so that it may repeat the call; absent if it sent none. */
  redemption_id?: string;
  /** How often access was renewed; access tokens of earlier generations are not valid. Absent means never. */
  access_generation?: number;
  access_renewed_at?: Date;
  /** Where the chain of its events starts; absent if it was redeemed under an earlier release. */
  chain?: { first_digest: Binary; key_commitment: Binary; secret: Binary; redemption_commitment: Binary };
  /** False until the log has the redemption; absent without a chain. */
  is_redemption_logged?: boolean;
}

/**
 * What became of a token, as conditions. `unused` is neither redeemed nor revoked, in time or not. Lists of each use
 * have indexes of their own, because otherwise a few redeemed attempts would have to be looked for among very many
 * unused ones.
 */
export const TOKEN_USES = {
  redeemed: { redeemed_at: { $type: 'date' } },
  revoked: { revoked_at: { $type: 'date' } },
  unused: { redeemed_at: null, revoked_at: null },
} as const satisfies Record<string, Filter<AttemptDocument>>;

export type TokenUse = keyof typeof TOKEN_USES;

/** The indexes of a list: first the fields of its filter, then the order of its pages. */
function listIndexes(prefix: string, partialFilterExpression?: Filter<AttemptDocument>): CollectionIndex[] {
  const keys: Record<string, CollectionIndex['key']> = {
    by_status: { status: 1, ...newestFirst },
    by_task_status: { task_id: 1, status: 1, ...newestFirst },
    by_issuer_status: { issued_by: 1, status: 1, ...newestFirst },
    by_issuer_task_status: { issued_by: 1, task_id: 1, status: 1, ...newestFirst },
  };
  const partial = partialFilterExpression && { partialFilterExpression };
  return Object.entries(keys).map(([name, key]) => ({ name: prefix + name, key, ...partial }));
}

export const taskAttempts: CollectionDefinition<AttemptDocument> = {
  name: 'task_attempts',
  schema: closed(
    {
      _id: objectId,
      attempt_token_hash: text,
      user_id: orNull(objectId),
      task_id: objectId,
      issued_by: objectId,
      candidate_email: orNull(text),
      status: oneOf(ATTEMPT_STATUSES),
      is_locked: bool,
      machine_id: orNull(text),
      redeemed_at: orNull(date),
      started_at: orNull(date),
      completed_at: orNull(date),
      final_selection: orNull(closed({ option_id: objectId, option_code: text })),
      reasoning_text: orNull(text),
      reasoning_sequence_number: wholeNumber,
      client_clock_ahead_ms: wholeNumber,
      created_at: date,
      expires_at: date,
      revoked_at: orNull(date),
      redemption_id: text,
      access_generation: wholeNumber,
      access_renewed_at: date,
      chain: closed({
        first_digest: bytes,
        key_commitment: bytes,
        secret: bytes,
        redemption_commitment: bytes,
      }),
      is_redemption_logged: bool,
    },
    [
      'reasoning_sequence_number',
      'client_clock_ahead_ms',
      'redemption_id',
      'access_generation',
      'access_renewed_at',
      'chain',
      'is_redemption_logged',
    ],
  ),
  indexes: [
    { name: 'token_hash', key: { attempt_token_hash: 1 }, unique: true },
    {
      name: 'one_attempt_per_candidate_and_task',
      key: { user_id: 1, task_id: 1 },
      unique: true,
      partialFilterExpression: { redeemed_at: { $type: 'date' } },
    },
    // Also if the candidate redeemed one token with an account and another without.
    {
      name: 'one_attempt_per_address_and_task',
      key: { candidate_email: 1, task_id: 1 },
      unique: true,
      partialFilterExpression: { candidate_email: { $gt: '' }, redeemed_at: { $type: 'date' } },
    },
    { name: 'status_expiry', key: { status: 1, expires_at: 1 } },
    // Contains only a few attempts at any time, so a search costs the same however many attempts are stored.
    {
      name: 'results_missing',
      key: { completed_at: 1 },
      partialFilterExpression: { status: 'completed', is_locked: false },
    },
    // Contains only the few redemptions that the log does not have yet.
    {
      name: 'redemption_not_logged',
      key: { redeemed_at: 1 },
      partialFilterExpression: { is_redemption_logged: false },
    },
    // Contains only the few attempts whose access was renewed.
    {
      name: 'access_renewed',
      key: { access_renewed_at: 1 },
      partialFilterExpression: { access_renewed_at: { $type: 'date' } },
    },
    ...listIndexes(''),
    ...Object.entries(TOKEN_USES).flatMap(([use, condition]) => listIndexes(`${use}_`, condition)),
    {
      name: 'by_user',
      key: { user_id: 1, ...newestFirst },
      partialFilterExpression: { redeemed_at: { $type: 'date' } },
    },
    {
      name: 'by_candidate_email',
      key: { candidate_email: 1, ...newestFirst },
      partialFilterExpression: { candidate_email: { $gt: '' } },
    },
  ],
};
