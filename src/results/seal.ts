import type { AttemptChain } from '../proof/chain-start.ts';
import { metricsParts, profileParts, type SealContent } from '../proof/formats.ts';
import { hashParts } from '../proof/hash.ts';
import type { AnyInterpretation, AnyMetrics } from './versions.ts';

/** What the seal of an attempt is made of. */
export interface SealedResults {
  attempt_id: string;
  event_count: number;
  /** Digest of the last event. */
  head_digest: string;
  metrics: AnyMetrics;
  profile: AnyInterpretation;
}

/** The seal of an attempt: what was recorded and concluded, as digests. Pure: it follows from the results. */
export function sealContent(results: SealedResults, { first_digest }: AttemptChain): SealContent {
  const metrics = withoutIds(results.metrics);
  const profile = withoutIds(results.profile);
  return {
    kind: 'seal',
    attempt_id: results.attempt_id,
    event_count: results.event_count,
    first_digest: Buffer.from(first_digest).toString('base64url'),
    head_digest: results.head_digest,
    interpreter_version: profile.interpreter_version,
    metrics_digest: hashParts(metricsParts(metrics)).toString('base64url'),
    metrics_version: metrics.version,
    profile_digest: hashParts(profileParts(profile)).toString('base64url'),
  };
}

/** Results as they were computed, without what they got when they were stored. */
export function withoutIds<T extends AnyMetrics | AnyInterpretation>(results: T): T {
  const { attempt_id: _a, user_id: _u, task_id: _t, computed_at: _c, ...content } = results as T & Ids;
  return content as unknown as T;
}

interface Ids {
  attempt_id?: string;
  user_id?: string;
  task_id?: string;
  computed_at?: Date;
}
