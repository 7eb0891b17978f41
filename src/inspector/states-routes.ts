import { z } from 'zod';
import { machineById } from '../../machines/index.ts';
import { isRedeemed } from '../attempts/attempt.ts';
import type { AttemptStore } from '../attempts/attempt-store.ts';
import { readableAttempt } from '../attempts/readable-attempt.ts';
import { attemptNotRedeemed } from '../errors.ts';
import { lenientWholeNumber } from '../fields.ts';
import { onlyRoles } from '../http/access.ts';
import { type ApiRouter, apiRouter } from '../http/context.ts';
import { readQuery } from '../http/request.ts';
import type { Journal } from '../journal/journal.ts';
import type { TaskStore } from '../tasks/task-store.ts';
import { momentsOf } from './moments.ts';

const momentPage = z.strictObject({
  /** Without it, the beginning before the first event comes first. */
  after: lenientWholeNumber(0, 1_000_000).optional(),
  limit: lenientWholeNumber(1, 1000).default(1000),
});

export interface StatesRoutesServices {
  attempts: AttemptStore;
  journal: Journal;
  tasks: TaskStore;
}

/** GET `/api/v1/attempts/{id}/states`: the state after each event, replayed from the journal, for staff. */
export function statesRoutes({ attempts, journal, tasks }: StatesRoutesServices): ApiRouter {
  const router = apiRouter('/api/v1');

  router.get('/attempts/:attempt_id/states', onlyRoles('recruiter', 'admin'), async (ctx) => {
    const { after = -1, limit } = readQuery(ctx, momentPage);
    const attempt = await readableAttempt(ctx, attempts);
    const { attempt_id } = attempt;
    if (!isRedeemed(attempt))
      throw attemptNotRedeemed('The token of this attempt has not been redeemed yet.');
    const { requires_reasoning } = await tasks.get(attempt.task_id);
    // The way to a later page leads through the earlier ones, which are read but not sent.
    const events = await journal.read(attempt_id, { limit: Math.max(after, 0) + limit });
    const machine = machineById(attempt.machine_id);
    const moments = [...momentsOf(machine, { attempt_id, requires_reasoning }, events)];
    const states = moments.slice(after + 1, after + 1 + limit);
    const next_after = states.length === limit ? (states.at(-1)?.sequence_number ?? null) : null;
    ctx.body = { machine_id: attempt.machine_id, states, next_after };
  });

  return router;
}
