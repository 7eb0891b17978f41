import { z } from 'zod';
import { NEWEST_FIRST } from '../database/pages.ts';
import { objectIdString } from '../fields.ts';
import { onlyRoles } from '../http/access.ts';
import { type ApiRouter, apiRouter } from '../http/context.ts';
import { pageQuery, periodQuery } from '../http/page-query.ts';
import { readQuery } from '../http/request.ts';
import { ATTEMPT_STATUSES } from './attempt.ts';
import type { AttemptList } from './attempt-list.ts';
import { staffAttempt } from './attempt-view.ts';

const attemptQuery = z.strictObject({
  task_id: objectIdString.optional(),
  status: z.enum(ATTEMPT_STATUSES).optional(),
  user_id: objectIdString.optional(),
  issued_by: objectIdString.optional(),
  ...periodQuery,
  ...pageQuery(NEWEST_FIRST),
});

/** GET `/attempts`: all attempts from the issued token on, for staff. */
export function attemptListRoutes(attempts: AttemptList): ApiRouter {
  const router = apiRouter('/api/v1');

  router.get('/attempts', onlyRoles('recruiter', 'admin'), async (ctx) => {
    const { cursor, limit, ...filter } = readQuery(ctx, attemptQuery);
    const { items, next_cursor } = await attempts.page(filter, { cursor, limit });
    ctx.body = { attempts: items.map(staffAttempt), next_cursor };
  });

  return router;
}
