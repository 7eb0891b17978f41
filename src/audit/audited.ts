import { callerOf } from '../http/access.ts';
import type { Step } from '../http/routes.ts';
import type { AuditLog } from './audit-log.ts';

/** What an audited route did something to. */
export interface AuditTarget {
  target_id: string;
  /** What else matters. Never a secret, a token or a password. */
  details?: Record<string, unknown>;
  /** Who did it, where that is not the caller. */
  actor_id?: string;
}

/**
 * Step: leaves a trace of what the handler did, once it has succeeded and before anything is answered. The handler
 * names the target; where it names none, as where there was nothing to do, nothing is recorded.
 * @param action in the past tense, for example `account_created`
 * @param target_type what the target's id is the id of
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
