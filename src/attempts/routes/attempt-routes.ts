import { z } from 'zod';
import type { AuditLog } from '../../audit/audit-log.ts';
import { auditedReading } from '../../audit/audited.ts';
import { PAGE_BATCH, takePage } from '../../database/page-bound.ts';
import type { RecordedEvent } from '../../events/recorded-event.ts';
import type { ApiRouter } from '../../http/context.ts';
import { query } from '../../http/request.ts';
import { apiRoutes, get } from '../../http/routes.ts';
import type { Journal } from '../../journal/journal.ts';
import { isRedeemed } from '../attempt.ts';
import {
  attemptFor,
  attemptWithStanding,
  eventView,
  standingOf,
  unredeemedStanding,
} from '../attempt-view.ts';
import { recordedEventView } from '../recorded-event-view.ts';
import { eventPage } from '../schemas.ts';
import type { SessionRegistry } from '../session/session-registry.ts';
import type { AttemptStore } from '../stored/attempt-store.ts';
import { attemptReader } from './access-steps.ts';

interface AttemptRoutesServices {
  attempts: AttemptStore;
  audit: AuditLog;
  journal: Journal;
  sessions: SessionRegistry;
  /** The server's clock. */
  now(): Date;
}

async function* viewed(events: AsyncIterable<RecordedEvent>) {
  for await (const event of events) yield eventView(event);
}

/** An attempt and its event log, for its owner and for staff. */
export function attemptRoutes({ attempts, audit, journal, sessions, now }: AttemptRoutesServices): ApiRouter {
  const reader = attemptReader(attempts);
  return apiRoutes('/attempts', [
    get(
      '/:attempt_id',
      [reader, auditedReading(audit, 'attempt_read')],
      {
        summary: 'Read an attempt and where it stands',
        details: 'All that a page needs after a reload.',
        answers: { 200: attemptWithStanding },
      },
      async (ctx) => {
        const { caller, attempt: stored } = ctx.state;
        const standing = isRedeemed(stored)
          ? standingOf(await sessions.current(stored.attempt_id))
          : unredeemedStanding(stored);
        const attempt = attemptFor(caller, attempts.withPendingChange(stored));
        ctx.body = { ...attempt, ...standing, server_time: now() };
      },
    ),

    get(
      '/:attempt_id/events',
      [reader, query(eventPage), auditedReading(audit, 'events_read')],
      {
        summary: 'Read the log of an attempt',
        details: 'By sequence number. `next_after` is the `after` of the next page.',
        answers: {
          200: z.object({ events: z.array(recordedEventView), next_after: z.int().nullable() }),
        },
      },
      async (ctx) => {
        const { after, limit } = ctx.state.query;
        const found = journal.read(ctx.state.attempt.attempt_id, { after, limit, batch: PAGE_BATCH });
        const { items: events, isCut } = await takePage(viewed(found), limit);
        ctx.body = { events, next_after: isCut ? (events.at(-1)?.sequence_number ?? null) : null };
      },
    ),
  ]);
}
