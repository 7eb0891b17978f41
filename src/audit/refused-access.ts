import type { Caller } from '../caller.ts';
import { Refusal } from '../errors.ts';
import { objectIdString } from '../fields.ts';
import type { Next, RoutedContext } from '../http/context.ts';
import type { AuditEntry, AuditLog } from './audit-log.ts';

/** A record of a person, to which somebody was refused access. */
export interface RefusedRecord {
  target_type: 'attempt' | 'user';
  target_id: string;
}

/**
 * Middleware: records who was refused a record of somebody else, or one that does not exist. It records only callers who
 * are known: who has no valid credentials has not got as far as a record.
 */
export function auditRefusedAccess(audit: AuditLog) {
  return async (ctx: RoutedContext & { params?: Record<string, string> }, next: Next): Promise<void> => {
    try {
      await next();
    } catch (error) {
      const { caller, body } = ctx.state as { caller?: Caller; body?: unknown };
      const record = recordIn(ctx.params ?? {}, body);
      if (caller && record && isRefusedAccess(error)) audit.countRefusal(refusedAccess(caller, record));
      throw error;
    }
  };
}

export const isRefusedAccess = (error: unknown): boolean =>
  error instanceof Refusal && (error.status === 403 || error.status === 404);

export const refusedAccess = (caller: Caller, record: RefusedRecord): AuditEntry => ({
  actor_id: caller.user_id,
  action: 'access_refused',
  ...record,
});

/** The record that a request is about: it is named in the path, or in an event or the first one of a batch. */
function recordIn(params: Record<string, string>, body: unknown): RefusedRecord | undefined {
  // Whatever was posted: it may have been refused before anybody looked at it.
  const { events, attempt_id } = (body ?? {}) as { events?: unknown; attempt_id?: unknown };
  const first: unknown = Array.isArray(events) ? events[0] : undefined;
  const user = objectIdString.safeParse(params['user_id']);
  if (user.success) return { target_type: 'user', target_id: user.data };
  const named =
    params['attempt_id'] ?? attempt_id ?? (first as { attempt_id?: unknown } | undefined)?.attempt_id;
  const attempt = objectIdString.safeParse(named);
  return attempt.success ? { target_type: 'attempt', target_id: attempt.data } : undefined;
}
