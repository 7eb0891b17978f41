import { z } from 'zod';
import { attemptReader } from '../attempts/routes/access-steps.ts';
import type { SessionRegistry } from '../attempts/session/session-registry.ts';
import type { AttemptStore } from '../attempts/stored/attempt-store.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { audited } from '../audit/audited.ts';
import { attemptTooLarge, notFound, validationFailed } from '../errors.ts';
import { objectIdString } from '../fields.ts';
import { staff } from '../http/access.ts';
import type { ApiRouter } from '../http/context.ts';
import { query } from '../http/request.ts';
import { apiRoutes, get } from '../http/routes.ts';
import type { TaskStore } from '../tasks/task-store.ts';
import { parse } from '../validation.ts';
import { answerPending, completedAttempt, readingOf } from './access-steps.ts';
import { aggregate } from './aggregate.ts';
import { pendingResults, savedMetrics, savedProfile, userProfile } from './answers.ts';
import type { ResultStore } from './result-store.ts';
import type { TooLargeAttempts } from './too-large.ts';
import { resultsVersion } from './versions.ts';

interface ResultRoutesServices {
  accounts: { users: { findById(user_id: string): Promise<unknown> } };
  attempts: AttemptStore;
  audit: AuditLog;
  results: ResultStore;
  sessions: SessionRegistry;
  tasks: TaskStore;
  tooLarge: TooLargeAttempts;
}

const skillsQuery = z.strictObject({ explain: z.enum(['true', 'false']).default('false') });

const PENDING = '409 `attempt_not_completed` before the completion; 202 while they are computed.';
const RETRY_AFTER = { 'Retry-After': 'With 202: seconds after which to ask again.' };

/** Metrics, skills and the aggregate profile: there after completion only, and then for good. */
export function resultRoutes(services: ResultRoutesServices): ApiRouter {
  const { accounts, attempts, audit, results, sessions, tasks, tooLarge } = services;
  const reader = attemptReader(attempts);
  const completed = completedAttempt(sessions);
  return apiRoutes('', [
    get(
      '/attempts/:attempt_id/metrics',
      [reader, completed, audited(audit, 'metrics_read', 'attempt')],
      {
        summary: 'Read the metrics of a completed attempt',
        details: PENDING,
        answers: { 200: savedMetrics, 202: pendingResults },
        answerHeaders: RETRY_AFTER,
        refuses: [attemptTooLarge],
      },
      async (ctx) => {
        const { attempt } = ctx.state;
        const metrics = await results.findMetrics(attempt.attempt_id);
        if (!metrics) {
          answerPending(ctx, tooLarge);
          return;
        }
        ctx.state.target = readingOf(ctx.state);
        ctx.body = metrics;
      },
    ),

    get(
      '/attempts/:attempt_id/skills',
      [query(skillsQuery), reader, completed, audited(audit, 'skills_read', 'attempt')],
      {
        summary: 'Read the skills of a completed attempt',
        details: `With \`explain=true\` also every rule that was evaluated. ${PENDING}`,
        answers: { 200: savedProfile, 202: pendingResults },
        answerHeaders: RETRY_AFTER,
        refuses: [attemptTooLarge],
      },
      async (ctx) => {
        const { attempt, query } = ctx.state;
        const [profile, metrics] = await Promise.all([
          results.findProfile(attempt.attempt_id),
          results.findMetrics(attempt.attempt_id),
        ]);
        if (!profile || !metrics) {
          answerPending(ctx, tooLarge);
          return;
        }
        ctx.state.target = readingOf(ctx.state);
        if (query.explain === 'false') {
          ctx.body = profile;
          return;
        }
        // Whatever explains a stored result are the rules that made it, not those of today.
        const { explain, findCounterfactuals } = resultsVersion(profile.interpreter_version);
        const task = await tasks.get(attempt.task_id);
        ctx.body = {
          ...profile,
          explanation: explain(metrics, task),
          counterfactuals: findCounterfactuals(metrics, task),
        };
      },
    ),

    get(
      '/users/:user_id/profile',
      [staff, audited(audit, 'profile_read', 'user')],
      {
        summary: 'Count the skills of all completed attempts of a user',
        answers: { 200: userProfile },
        refuses: [notFound, validationFailed],
      },
      async (ctx) => {
        const user_id = parse(objectIdString, ctx.params['user_id']);
        if (!(await accounts.users.findById(user_id))) throw notFound(`There is no user ${user_id}.`);
        ctx.state.target = { target_id: user_id };
        ctx.body = aggregate(user_id, await results.profilesOf(user_id));
      },
    ),
  ]);
}
