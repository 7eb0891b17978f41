import { attemptExpired, attemptLocked, type Refusal } from '../errors.ts';
import type { Attempt } from './attempt.ts';

/** Why nobody gets access to an attempt any more; undefined if it is not over. */
export function refuseEnded({ status, is_locked, expires_at }: Attempt, now: Date): Refusal | undefined {
  if (status === 'completed') {
    const state = is_locked ? 'locked' : 'computing';
    return attemptLocked('The attempt is completed; nothing more is recorded.', {
      state,
      allowed_events: [],
    });
  }
  if (status === 'expired' || expires_at <= now) {
    const end = { state: 'expired', allowed_events: [] };
    return attemptExpired('The attempt has expired; nothing more is recorded.', end);
  }
  return undefined;
}
