import { isStaff } from '../http/access.ts';
import { type ApiRouter, apiRouter } from '../http/context.ts';
import { readQuery } from '../http/request.ts';
import type { Journal } from '../journal/journal.ts';
import { isRedeemed } from './attempt.ts';
import type { AttemptStore } from './attempt-store.ts';
import { candidateAttempt, staffAttempt, unredeemedView } from './attempt-view.ts';
import { readableAttempt } from './readable-attempt.ts';
import { eventPage } from './schemas.ts';
import type { SessionRegistry } from './session-registry.ts';

/** An attempt and its event log, for its owner and for staff. */
export function attemptRoutes(
  attempts: AttemptStore,
  journal: Journal,
  sessions: SessionRegistry,
): ApiRouter {
  const router = apiRouter('/api/v1/attempts');

  router.get('/:attempt_id', async (ctx) => {
    const stored = await readableAttempt(ctx, attempts);
    const { caller } = ctx.state;
    const live = isRedeemed(stored)
      ? (await sessions.current(stored.attempt_id)).view
      : unredeemedView(stored);
    const attempt = attempts.current(stored);
    const shown = caller && isStaff(caller) ? staffAttempt(attempt) : candidateAttempt(attempt);
    ctx.body = { ...shown, ...live };
  });

  router.get('/:attempt_id/events', async (ctx) => {
    const { attempt_id } = await readableAttempt(ctx, attempts);
    const { after, limit } = readQuery(ctx, eventPage);
    const events = await journal.read(attempt_id, { after, limit });
    const next_after = events.length === limit ? events.at(-1)?.sequence_number : null;
    ctx.body = { events, next_after };
  });

  return router;
}
