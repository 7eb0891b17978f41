import { type Attempt, isRedeemed } from '../attempts/attempt.ts';
import type { SessionRegistry } from '../attempts/session/session-registry.ts';
import type { AuditTarget } from '../audit/audited.ts';
import type { Caller } from '../caller.ts';
import { attemptNotCompleted, attemptTooLarge } from '../errors.ts';
import { isStaff } from '../http/access.ts';
import type { Context } from '../http/context.ts';
import { type Step, withFacts } from '../http/routes.ts';
import type { TooLargeAttempts } from './too-large.ts';

/** Step: goes on only with a completed attempt. @throws Refusal 409 `attempt_not_completed` */
export function completedAttempt(sessions: SessionRegistry): Step<{ attempt: Attempt }> {
  return withFacts({ refuses: [attemptNotCompleted] }, async (ctx, next) => {
    const { attempt } = ctx.state;
    if (attempt.status !== 'completed' && !(await isCompletedByNow(attempt, sessions))) {
      throw attemptNotCompleted('Results exist only after the attempt is completed.');
    }
    await next();
  });
}

/** Another process may have recorded the completion a moment ago; what is stored follows the journal. */
async function isCompletedByNow(attempt: Attempt, sessions: SessionRegistry): Promise<boolean> {
  if (!isRedeemed(attempt)) return false;
  return (await sessions.current(attempt.attempt_id)).view.status === 'completed';
}

/** Staff who read about a person leave a trace; candidates read about themselves. */
export function readingOf({
  caller,
  attempt,
}: {
  caller: Caller;
  attempt: Attempt;
}): AuditTarget | undefined {
  if (!isStaff(caller)) return undefined;
  return { target_id: attempt.attempt_id, details: { user_id: attempt.user_id } };
}

/** @throws Refusal 409 `attempt_too_large` if there will be no results */
export function answerPending(ctx: Context<{ attempt: Attempt }>, tooLarge: TooLargeAttempts): void {
  if (tooLarge.has(ctx.state.attempt.attempt_id)) {
    throw attemptTooLarge(
      'This attempt has so many or so large events that its results cannot be computed. ' +
        'The events can be read page by page.',
    );
  }
  ctx.status = 202;
  ctx.set('Retry-After', '1');
  ctx.body = { status: 'computing', detail: 'The attempt is completed; its results are being computed.' };
}
