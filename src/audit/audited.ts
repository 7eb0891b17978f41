import { DatabaseUnavailable } from '../errors.ts';
import { callerOf, isStaff } from '../http/access.ts';
import { asRefusal } from '../http/as-refusal.ts';
import type { Context } from '../http/context.ts';
import type { Step } from '../http/routes.ts';
import type { AuditLog } from './audit-log.ts';

/** What an audited action was done to. */
export interface AuditTarget {
  target_id: string;
  /** Further details. Never put a secret, a token or a password here. */
  details?: Record<string, unknown>;
  /** Who did it, if not the caller. */
  actor_id?: string;
}

/**
 * Step: records what the handler did, after it has succeeded and before the answer is sent. The handler sets the
 * target; if it sets none, for example because there was nothing to do, nothing is recorded. If the database did not
 * answer, an entry says that the outcome is unknown.
 * @param action in the past tense, for example `account_created`
 * @param target_type what kind of thing the target's id belongs to
 */
export function audited(
  audit: AuditLog,
  action: string,
  target_type: 'user' | 'task' | 'attempt',
): Step<{ target?: AuditTarget | undefined }> {
  return async (ctx, next) => {
    await next().catch((error: unknown) => {
      if (ctx.method !== 'GET' && isOutcomeUnknown(error)) recordUnknownOutcome(ctx);
      throw error;
    });
    const { target } = ctx.state;
    if (!target) return;
    const { target_id, details, actor_id = callerOf(ctx.state).user_id } = target;
    await audit.record({ actor_id, action, target_type, target_id, details });
  };

  /** The database did not answer, so it may have been done. Nobody waits for this entry. */
  function recordUnknownOutcome({ state, params }: Context): void {
    const actor_id = state.caller?.user_id ?? null;
    const target_id = params['attempt_id'] ?? params['user_id'] ?? params['task_id'] ?? 'unknown';
    void audit.record({ actor_id, action, target_type, target_id, details: { outcome: 'unknown' } });
  }
}

function isOutcomeUnknown(error: unknown): boolean {
  const refusal = asRefusal(error);
  return refusal instanceof DatabaseUnavailable && !refusal.isNothingStored;
}

/**
 * Step: records that staff have read this about candidates, without keeping them waiting. Candidates read about
 * themselves, which is not recorded.
 * @param action in the past tense, for example `events_read`
 */
export function auditedReading(
  audit: AuditLog,
  action: string,
): Step<{ attempt?: { attempt_id: string } | undefined }> {
  return async (ctx, next) => {
    await next();
    const caller = callerOf(ctx.state);
    if (!isStaff(caller)) return;
    const target_id = ctx.state.attempt?.attempt_id ?? 'list';
    audit.countReading({ actor_id: caller.user_id, action, target_type: 'attempt', target_id });
  };
}
