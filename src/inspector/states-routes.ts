import { z } from 'zod';
import { machineById } from '../../machines/index.ts';
import { isRedeemed } from '../attempts/attempt.ts';
import { attemptStateView } from '../attempts/attempt-view.ts';
import { attemptReader } from '../attempts/routes/access-steps.ts';
import type { AttemptStore } from '../attempts/stored/attempt-store.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { auditedReading } from '../audit/audited.ts';
import { PAGE_BATCH, takePage } from '../database/page-bound.ts';
import { attemptNotRedeemed } from '../errors.ts';
import { EVENT_TYPES } from '../events/event-table.ts';
import { documentAs, lenientWholeNumber } from '../fields.ts';
import { staff } from '../http/access.ts';
import type { ApiRouter } from '../http/context.ts';
import { query } from '../http/request.ts';
import { apiRoutes, get } from '../http/routes.ts';
import type { Journal } from '../journal/journal.ts';
import type { TaskStore } from '../tasks/task-store.ts';
import { beginning, momentsOf } from './moments.ts';
import { Replays } from './replays.ts';

export interface StatesRoutesServices {
  attempts: AttemptStore;
  audit: AuditLog;
  journal: Journal;
  tasks: TaskStore;
}

const momentPage = z.strictObject({
  /** If absent, the list starts with the beginning, before the first event. */
  after: lenientWholeNumber(0, 1_000_000).optional(),
  limit: lenientWholeNumber(1, 1000).default(1000),
});

const arrow = z.object({ source: z.string(), target: z.string() });

const momentView = attemptStateView
  .pick({ state: true, allowed_events: true, sequence_number: true })
  .extend({
    event_type: z.enum(EVENT_TYPES).nullable().describe('Null for the beginning, before any event.'),
    timestamp_server: z.date().nullable(),
    payload: documentAs(z.custom<object>(), { type: 'object' }).nullable(),
    taken: z.array(arrow).describe('The arrows of the machine’s picture that the event took.'),
  });

/** The state of an attempt after each event, replayed from the journal, for staff. */
export function statesRoutes({ attempts, audit, journal, tasks }: StatesRoutesServices): ApiRouter {
  const replays = new Replays(journal);
  return apiRoutes('/attempts', [
    get(
      '/:attempt_id/states',
      [staff, query(momentPage), attemptReader(attempts), auditedReading(audit, 'states_read')],
      {
        summary: 'Read the state after each event, replayed by the attempt’s machine',
        details: '`next_after` is the `after` of the next page.',
        answers: {
          200: z.object({
            machine_id: z.string(),
            states: z.array(momentView),
            next_after: z.int().nullable(),
          }),
        },
        refuses: [attemptNotRedeemed],
      },
      async (ctx) => {
        const { attempt, query } = ctx.state;
        const { after, limit } = query;
        if (!isRedeemed(attempt)) {
          throw attemptNotRedeemed('The token of this attempt has not been redeemed yet.');
        }
        const { attempt_id, machine_id, task_id } = attempt;
        const { requires_reasoning } = await tasks.get(task_id);
        const machine = machineById(machine_id);
        const from = await replays.stateAfter(after ?? 0, machine, { attempt_id, requires_reasoning });
        async function* moments() {
          if (after === undefined) yield beginning(from);
          const events = journal.read(attempt_id, { after: after ?? 0, limit, batch: PAGE_BATCH });
          yield* momentsOf(machine, from, events);
        }
        const { items: states, isCut } = await takePage(moments(), limit);
        ctx.body = {
          machine_id,
          states,
          next_after: isCut ? (states.at(-1)?.sequence_number ?? null) : null,
        };
      },
    ),
  ]);
}
