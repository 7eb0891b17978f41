import { callerOf } from '../http/access.ts';
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
 * target; if it sets none, for example because there was nothing to do, nothing is recorded.
 * @param action in the past tense, for example `account_created`
 * @param target_type what kind of thing the target's id belongs to
 */
export function audited(
  audit: AuditLog,
  action: string,
  target_type: 'user' | 'task' | 'attempt',
): Step<{ target?: AuditTarget | undefined }> {
  return async (ctx, next) => {
    await next();
    const { target } = ctx.state;
    if (!target) return;
    const { target_id, details, actor_id = callerOf(ctx.state).user_id } = target;
    await audit.record({ actor_id, action, target_type, target_id, details });
  };
}
