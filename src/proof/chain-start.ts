import { createHmac, randomBytes } from 'node:crypto';
import {
  type ChainedTask,
  firstParts,
  keyParts,
  leafParts,
  type RedemptionContent,
  type SealContent,
  taskParts,
} from './formats.ts';
import { hashParts } from './hash.ts';

const SECRET_BYTES = 32;
const RISK_SALT_BYTES = 16;

/** What is stored of a chain's beginning, beside the attempt's key. */
export interface AttemptChain {
  first_digest: Uint8Array;
  key_commitment: Uint8Array;
  /** The salts of the attempt follow from it. It stays after an erasure, so that the log can still be verified. */
  secret: Uint8Array;
}

export const newChainSecret = (): Buffer => randomBytes(SECRET_BYTES);

/** The salt of what the log says about an attempt. */
export const leafSalt = (secret: Uint8Array): Buffer => saltOf(secret, 'leaf');

/** What the log has of a seal or a redemption. */
export const commitmentTo = (content: SealContent | RedemptionContent, { secret }: AttemptChain): Buffer =>
  hashParts(leafParts(leafSalt(secret), content));

/** The salt of an option's risk tag. */
export const riskSalt = (secret: Uint8Array, option_id: string): Buffer =>
  saltOf(secret, `risk ${option_id}`).subarray(0, RISK_SALT_BYTES);

const saltOf = (secret: Uint8Array, purpose: string): Buffer =>
  createHmac('sha256', secret).update(`skill-observation/salt/v1\n${purpose}`).digest();

/** The beginning of an attempt's chain. @param task with risks that are salted by `secret` */
export function startChain(attempt: {
  attempt_id: string;
  machine_id: string;
  task: ChainedTask;
  key: Uint8Array;
  secret: Uint8Array;
}): AttemptChain {
  const key_commitment = hashParts(keyParts(attempt.key));
  const first_digest = hashParts(
    firstParts({
      attempt_id: attempt.attempt_id,
      key_commitment: key_commitment.toString('base64url'),
      machine_id: attempt.machine_id,
      task_digest: hashParts(taskParts(attempt.task)).toString('base64url'),
    }),
  );
  return { first_digest, key_commitment, secret: attempt.secret };
}
