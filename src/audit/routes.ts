import { z } from 'zod';
import { NEWEST_FIRST } from '../database/pages.ts';
import { objectIdInAnyCase } from '../fields.ts';
import { admin } from '../http/access.ts';
import type { ApiRouter } from '../http/context.ts';
import { pageOf, pageQuery, periodQuery } from '../http/page-query.ts';
import { query } from '../http/request.ts';
import { apiRoutes, get } from '../http/routes.ts';
import { type AuditLogStore, recordedAuditEntry } from './audit-log-store.ts';

interface AuditRoutesServices {
  audit: Pick<AuditLogStore, 'read'>;
}

const auditQuery = z.strictObject({
  actor_id: objectIdInAnyCase.optional(),
  action: z.string().min(1).max(100).optional(),
  target_id: z.string().min(1).max(100).optional(),
  ...periodQuery,
  ...pageQuery(NEWEST_FIRST),
});

/** Who did what: the audit log in pages, newest first. */
export function auditRoutes({ audit }: AuditRoutesServices): ApiRouter {
  return apiRoutes('/audit', [
    get(
      '/',
      [admin, query(auditQuery)],
      {
        summary: 'List who did what',
        details: 'Newest first.',
        answers: { 200: pageOf('entries', recordedAuditEntry) },
      },
      async (ctx) => {
        const { cursor, limit, ...which } = ctx.state.query;
        const { items, next_cursor } = await audit.read(which, { cursor, limit });
        ctx.body = { entries: items, next_cursor };
      },
    ),
  ]);
}
