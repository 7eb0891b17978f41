import { z } from 'zod';
import type { AuditLog } from '../../audit/audit-log.ts';
import { auditedReading } from '../../audit/audited.ts';
import { NEWEST_FIRST } from '../../database/pages.ts';
import { objectIdString } from '../../fields.ts';
import { staff } from '../../http/access.ts';
import type { ApiRouter } from '../../http/context.ts';
import { pageOf, pageQuery, periodQuery } from '../../http/page-query.ts';
import { query } from '../../http/request.ts';
import { apiRoutes, get } from '../../http/routes.ts';
import { ATTEMPT_STATUSES } from '../attempt.ts';
import { staffAttempt, staffAttemptView } from '../attempt-view.ts';
import type { AttemptList } from '../stored/attempt-list.ts';

interface AttemptListRoutesServices {
  attemptList: AttemptList;
  audit: AuditLog;
}

const attemptQuery = z.strictObject({
  task_id: objectIdString.optional(),
  status: z.enum(ATTEMPT_STATUSES).optional(),
  user_id: objectIdString.optional(),
  issued_by: objectIdString.optional(),
  ...periodQuery,
  ...pageQuery(NEWEST_FIRST),
});

/** The list of all attempts, including those whose token is not redeemed yet, for staff. */
export function attemptListRoutes({ attemptList, audit }: AttemptListRoutesServices): ApiRouter {
  return apiRoutes('/attempts', [
    get(
      '/',
      [staff, query(attemptQuery), auditedReading(audit, 'attempts_listed')],
      {
        summary: 'List attempts',
        details:
          'Newest first, also those whose token is not redeemed yet. `from` and `to` refer to when the token was ' +
          'issued. An attempt follows its events within 0.25 s.',
        answers: { 200: pageOf('attempts', staffAttemptView) },
      },
      async (ctx) => {
        const { cursor, limit, ...filter } = ctx.state.query;
        const { items, next_cursor } = await attemptList.page(filter, { cursor, limit });
        ctx.body = { attempts: items.map(staffAttempt), next_cursor };
      },
    ),
  ]);
}
