import { z } from 'zod';
import { onlyRoles } from '../http/access.ts';
import { type ApiRouter, apiRouter } from '../http/context.ts';
import { readQuery } from '../http/request.ts';
import type { AuditLogStore } from './audit-log-store.ts';

const id = z.string().regex(/^[0-9a-f]{24}$/i, 'must be an id of 24 hex digits');

const auditQuery = z.object({
  actor_id: id.optional(),
  action: z.string().min(1).max(100).optional(),
  target_id: z.string().min(1).max(100).optional(),
  /** `next_cursor` of the page before. */
  cursor: id.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** GET `/audit` below `prefix`: who did what, the newest first, in pages. */
export function auditRoutes(log: AuditLogStore, prefix: string): ApiRouter {
  const router = apiRouter(prefix);

  router.get('/audit', onlyRoles('admin'), async (ctx) => {
    const { cursor, limit, ...which } = readQuery(ctx, auditQuery);
    const entries = await log.read({ ...which, before: cursor, limit });
    // A full page may be the last one: then the next is empty, which costs less than counting.
    ctx.body = { entries, next_cursor: (entries.length === limit && entries.at(-1)?.audit_id) || null };
  });

  return router;
}
