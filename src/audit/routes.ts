import { z } from 'zod';
import { NEWEST_FIRST } from '../database/pages.ts';
import { objectIdInAnyCase } from '../fields.ts';
import { onlyRoles } from '../http/access.ts';
import { type ApiRouter, apiRouter } from '../http/context.ts';
import { pageQuery, periodQuery } from '../http/page-query.ts';
import { readQuery } from '../http/request.ts';
import type { AuditLogStore } from './audit-log-store.ts';

const auditQuery = z.strictObject({
  actor_id: objectIdInAnyCase.optional(),
  action: z.string().min(1).max(100).optional(),
  target_id: z.string().min(1).max(100).optional(),
  ...periodQuery,
  ...pageQuery(NEWEST_FIRST),
});

/** GET `/audit` below `prefix`: who did what, the newest first, in pages. */
export function auditRoutes(log: AuditLogStore, prefix: string): ApiRouter {
  const router = apiRouter(prefix);

  router.get('/audit', onlyRoles('admin'), async (ctx) => {
    const { cursor, limit, ...which } = readQuery(ctx, auditQuery);
    const { items, next_cursor } = await log.read(which, { cursor, limit });
    ctx.body = { entries: items, next_cursor };
  });

  return router;
}
