import { z } from 'zod';
import { type Attempt, isRedeemed } from '../attempts/attempt.ts';
import type { AttemptStore } from '../attempts/attempt-store.ts';
import { readableAttempt } from '../attempts/readable-attempt.ts';
import type { SessionRegistry } from '../attempts/session-registry.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { attemptNotCompleted, notFound } from '../errors.ts';
import { objectIdString } from '../fields.ts';
import { accountOf, callerOf, isStaff, onlyRoles } from '../http/access.ts';
import { type ApiRouter, apiRouter, type Context } from '../http/context.ts';
import { readQuery } from '../http/request.ts';
import type { TaskStore } from '../tasks/task-store.ts';
import { parse } from '../validation.ts';
import { aggregate } from './aggregate.ts';
import type { ResultStore } from './result-store.ts';
import { resultsVersion } from './versions.ts';

const explanationWanted = z.strictObject({ explain: z.enum(['true', 'false']).default('false') });

export interface ResultRoutesServices {
  attempts: AttemptStore;
  sessions: SessionRegistry;
  results: ResultStore;
  tasks: TaskStore;
  users: { findById(user_id: string): Promise<unknown> };
  audit: AuditLog;
}

/** Metrics, skills and the aggregate profile: there after completion only, and then for good. */
export function resultRoutes(services: ResultRoutesServices): ApiRouter {
  const { attempts, sessions, results, tasks, users, audit } = services;
  const router = apiRouter('/api/v1');

  router.get('/attempts/:attempt_id/metrics', async (ctx) => {
    const attempt = await completedAttempt(ctx, attempts, sessions);
    const metrics = await results.findMetrics(attempt.attempt_id);
    if (!metrics) return pending(ctx);
    await noteReading(ctx, audit, 'metrics_read', attempt);
    ctx.body = metrics;
  });

  router.get('/attempts/:attempt_id/skills', async (ctx) => {
    const { explain: wanted } = readQuery(ctx, explanationWanted);
    const attempt = await completedAttempt(ctx, attempts, sessions);
    const [profile, metrics] = await Promise.all([
      results.findProfile(attempt.attempt_id),
      results.findMetrics(attempt.attempt_id),
    ]);
    if (!profile || !metrics) return pending(ctx);
    await noteReading(ctx, audit, 'skills_read', attempt);
    if (wanted === 'false') {
      ctx.body = profile;
      return;
    }
    // Whatever explains a stored result are the rules that made it, not those of today.
    const { explain } = resultsVersion(profile.interpreter_version);
    ctx.body = { ...profile, explanation: explain(metrics, await tasks.get(attempt.task_id)) };
  });

  router.get('/users/:user_id/profile', onlyRoles('recruiter', 'admin'), async (ctx) => {
    const user_id = parse(objectIdString, ctx.params['user_id']);
    if (!(await users.findById(user_id))) throw notFound(`There is no user ${user_id}.`);
    await audit.record({
      actor_id: accountOf(ctx).user_id,
      action: 'profile_read',
      target_type: 'user',
      target_id: user_id,
    });
    ctx.body = aggregate(user_id, await results.profilesOf(user_id));
  });

  return router;
}

async function completedAttempt(
  ctx: Context,
  attempts: AttemptStore,
  sessions: SessionRegistry,
): Promise<Attempt> {
  const attempt = await readableAttempt(ctx, attempts);
  if (attempt.status === 'completed' || (await isCompletedByNow(attempt, sessions))) return attempt;
  throw attemptNotCompleted('Results exist only after the attempt is completed.');
}

/** Another process may have recorded the completion a moment ago; what is stored follows the journal. */
async function isCompletedByNow(attempt: Attempt, sessions: SessionRegistry): Promise<boolean> {
  if (!isRedeemed(attempt)) return false;
  return (await sessions.current(attempt.attempt_id)).view.status === 'completed';
}

/** Staff who read about a person leave a trace before they are answered; candidates read of themselves. */
async function noteReading(ctx: Context, audit: AuditLog, action: string, attempt: Attempt): Promise<void> {
  const caller = callerOf(ctx);
  if (!isStaff(caller)) return;
  await audit.record({
    actor_id: caller.user_id,
    action,
    target_type: 'attempt',
    target_id: attempt.attempt_id,
    details: { user_id: attempt.user_id },
  });
}

function pending(ctx: Context): void {
  ctx.status = 202;
  ctx.set('Retry-After', '1');
  ctx.body = { status: 'computing', detail: 'The attempt is completed; its results are being computed.' };
}
