import type { TokenSigner } from '../accounts/jwt.ts';
import type { AttemptList } from '../attempts/attempt-list.ts';
import type { AttemptStore } from '../attempts/attempt-store.ts';
import { candidateAttempt } from '../attempts/attempt-view.ts';
import type { SessionRegistry } from '../attempts/session-registry.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { forbidden, notFound } from '../errors.ts';
import { accountOf, onlyRoles, optionalCallerOf } from '../http/access.ts';
import { type ApiRouter, apiRouter } from '../http/context.ts';
import type { RateLimits } from '../http/rate-limits.ts';
import { readBody, readQuery } from '../http/request.ts';
import type { TaskStore } from '../tasks/task-store.ts';
import { candidateTask } from '../tasks/task-view.ts';
import { parse } from '../validation.ts';
import { assessmentToken, redemption, revocation, tokenOrder, tokenQuery } from './schemas.ts';
import { listTokens } from './token-list.ts';
import type { Tokens } from './tokens.ts';

export interface TokenRoutesServices {
  tokens: Tokens;
  tasks: TaskStore;
  attempts: AttemptStore;
  sessions: Pick<SessionRegistry, 'open'>;
  attemptList: AttemptList;
  signer: Pick<TokenSigner, 'signAttemptToken'>;
  audit: AuditLog;
  limit: Pick<RateLimits, 'validate' | 'redeem'>;
}

/** Assessment tokens: staff issue and revoke them, whoever holds one may look at what it is for and redeem it. */
export function tokenRoutes(services: TokenRoutesServices): ApiRouter {
  const { tokens, tasks, attempts, sessions, attemptList, signer, audit, limit } = services;
  const router = apiRouter('/api/v1');

  router.post('/tokens/generate', onlyRoles('recruiter', 'admin'), async (ctx) => {
    const order = await readBody(ctx, tokenOrder);
    const { user_id } = accountOf(ctx);
    const issued = await tokens.issue(order, user_id);
    await audit.record({
      actor_id: user_id,
      action: 'tokens_issued',
      target_type: 'task',
      target_id: order.task_id,
      details: { attempt_ids: issued.map(({ attempt_id }) => attempt_id) },
    });
    ctx.status = 201;
    ctx.body = { tokens: issued };
  });

  router.get('/tokens', onlyRoles('recruiter', 'admin'), async (ctx) => {
    const { cursor, limit: length, ...filter } = readQuery(ctx, tokenQuery);
    const { role, user_id } = accountOf(ctx);
    const issued_by = role === 'admin' ? filter.issued_by : user_id;
    if (filter.issued_by && filter.issued_by !== issued_by)
      throw forbidden('Somebody else issued these tokens.');
    const page = { cursor, limit: length };
    const { items, next_cursor } = await listTokens(attemptList, { ...filter, issued_by }, page);
    ctx.body = { tokens: items, next_cursor };
  });

  // Nothing of the scenario: who reads it before the start has thought about it unobserved.
  router.get('/tokens/:token/validate', limit.validate, async (ctx) => {
    const attempt = await tokens.inspect(parse(assessmentToken, ctx.params['token']));
    const { task_id, task_code, title, description, category, time_limit_seconds, requires_reasoning } =
      await tasks.get(attempt.task_id);
    ctx.body = {
      valid: true,
      expires_at: attempt.expires_at,
      task: { task_id, task_code, title, description, category, time_limit_seconds, requires_reasoning },
    };
  });

  router.post('/tokens/revoke', onlyRoles('recruiter', 'admin'), async (ctx) => {
    const { attempt_id } = await readBody(ctx, revocation);
    const { user_id, role } = accountOf(ctx);
    const attempt = await attempts.find(attempt_id);
    if (!attempt) throw notFound(`There is no attempt ${attempt_id}.`);
    if (role !== 'admin' && attempt.issued_by !== user_id)
      throw forbidden('Somebody else issued this token.');
    await tokens.revoke(attempt);
    await audit.record({
      actor_id: user_id,
      action: 'token_revoked',
      target_type: 'attempt',
      target_id: attempt_id,
    });
    ctx.body = { attempt_id, revoked: true };
  });

  router.post('/attempts', limit.redeem, async (ctx) => {
    const { token } = await readBody(ctx, redemption);
    const caller = optionalCallerOf(ctx);
    const attempt = await tokens.redeem(token, caller?.kind === 'account' ? caller.user_id : undefined);
    sessions.open(attempt);
    ctx.status = 201;
    ctx.body = {
      attempt: candidateAttempt(attempt),
      access_token: signer.signAttemptToken(attempt, attempt.expires_at),
      token_type: 'Bearer',
      task: candidateTask(await tasks.get(attempt.task_id)),
    };
  });

  return router;
}
