import type { Accounts } from '../accounts/create-accounts.ts';
import { candidateAttempt } from '../attempts/attempt-view.ts';
import { attemptInPath } from '../attempts/routes/access-steps.ts';
import type { SessionRegistry } from '../attempts/session/session-registry.ts';
import type { AccessStore } from '../attempts/stored/access-store.ts';
import type { AttemptList } from '../attempts/stored/attempt-list.ts';
import type { AttemptStore } from '../attempts/stored/attempt-store.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { audited, auditedReading } from '../audit/audited.ts';
import { anyone, staff } from '../http/access.ts';
import type { ApiRouter, Context } from '../http/context.ts';
import type { RateLimits } from '../http/rate-limits.ts';
import { body, optionalJson, query } from '../http/request.ts';
import { apiRoutes, get, post } from '../http/routes.ts';
import { ifUnanswered, REPEATABLE } from '../http/unknown-outcome.ts';
import type { TaskStore } from '../tasks/task-store.ts';
import { candidateTask, taskAnnouncement } from '../tasks/task-view.ts';
import { parse } from '../validation.ts';
import { ownTokens, tokenIssuer } from './access-steps.ts';
import { assessmentToken, redemption, revocation, tokenOrder, tokenQuery } from './schemas.ts';
import { listTokens } from './token-list.ts';
import type { Tokens } from './tokens.ts';

interface TokenRoutesServices {
  access: AccessStore;
  accounts: Pick<Accounts, 'tokenSigner'>;
  attemptList: AttemptList;
  attempts: AttemptStore;
  audit: AuditLog;
  limits: RateLimits;
  /** The server's clock. */
  now(): Date;
  sessions: SessionRegistry;
  tasks: TaskStore;
  tokens: Tokens;
}

/** Nothing in the body is needed. */
const ACCESS_BODY_LIMIT = 1024;

/** What a front end should do if it is unknown whether its token was redeemed. */
const REDEEM_AGAIN = 'send it again with the same redemption_id';

/** Assessment tokens: staff issue and revoke them; anyone who has one may see what it is for and redeem it. */
export function tokenRoutes(services: TokenRoutesServices): ApiRouter {
  const { access, accounts, attemptList, attempts, audit, limits, now, sessions, tasks, tokens } = services;
  /** @throws Refusal 409 `attempt_not_redeemed`, `attempt_locked` or `attempt_expired` */
  const refuseOver = async (attempt_id: string) => {
    const refusal = (await sessions.current(attempt_id)).refuseClosed();
    if (refusal) throw refusal;
  };
  return apiRoutes('', [
    post(
      '/tokens/generate',
      [staff, body(tokenOrder), audited(audit, 'tokens_issued', 'task')],
      async (ctx) => {
        const { caller, body: order } = ctx.state;
        const { issued, revoked } = await tokens.issue(order, caller.user_id);
        const attempt_ids = issued.map(({ attempt_id }) => attempt_id);
        ctx.state.target = { target_id: order.task_id, details: { attempt_ids, revoked } };
        ctx.status = 201;
        ctx.body = { tokens: issued, revoked };
      },
    ),

    get(
      '/tokens',
      [staff, query(tokenQuery), ownTokens, auditedReading(audit, 'tokens_listed')],
      async (ctx) => {
        const { issued_by } = ctx.state;
        const { cursor, limit, ...filter } = ctx.state.query;
        const page = await listTokens(attemptList, { ...filter, issued_by }, { cursor, limit });
        ctx.body = { tokens: page.items, next_cursor: page.next_cursor };
      },
    ),

    get('/tokens/:token/validate', [limits.volume, anyone, limits.validate], async (ctx) => {
      const { task_id, expires_at } = await tokens.inspect(parse(assessmentToken, ctx.params['token']));
      ctx.body = { valid: true, expires_at, task: taskAnnouncement(await tasks.get(task_id)) };
    }),

    post(
      '/tokens/revoke',
      [
        ifUnanswered(REPEATABLE),
        staff,
        body(revocation),
        tokenIssuer(attempts, (ctx: Context<{ body: { attempt_id: string } }>) => ctx.state.body.attempt_id),
        audited(audit, 'token_revoked', 'attempt'),
      ],
      async (ctx) => {
        const { attempt } = ctx.state;
        await tokens.revoke(attempt);
        ctx.state.target = { target_id: attempt.attempt_id };
        ctx.body = { attempt_id: attempt.attempt_id, revoked: true };
      },
    ),

    post(
      '/attempts',
      [ifUnanswered(REDEEM_AGAIN), limits.volume, body(redemption), anyone, limits.redeem],
      async (ctx) => {
        const { caller, body } = ctx.state;
        const account_id = caller?.kind === 'account' ? caller.user_id : undefined;
        const { attempt, isRepeat } = await tokens.redeem(body, account_id);
        if (isRepeat) await refuseOver(attempt.attempt_id);
        else sessions.open(attempt);
        ctx.status = 201;
        ctx.body = {
          attempt: candidateAttempt(attempts.withPendingChange(attempt)),
          access_token: accounts.tokenSigner.signAttemptToken(attempt),
          token_type: 'Bearer',
          task: candidateTask(await tasks.get(attempt.task_id)),
          server_time: now(),
        };
      },
    ),

    // For a candidate who lost the way back; the access tokens before stop working.
    post(
      '/attempts/:attempt_id/access',
      [
        ifUnanswered(REPEATABLE),
        staff,
        optionalJson(ACCESS_BODY_LIMIT),
        tokenIssuer(attempts, attemptInPath),
        audited(audit, 'access_renewed', 'attempt'),
      ],
      async (ctx) => {
        const { attempt_id } = ctx.state.attempt;
        await refuseOver(attempt_id);
        const attempt = await access.renew(attempt_id, now());
        ctx.state.target = { target_id: attempt_id };
        ctx.status = 201;
        ctx.body = {
          attempt_id,
          access_token: accounts.tokenSigner.signAttemptToken(attempt),
          token_type: 'Bearer',
          expires_at: attempt.expires_at,
        };
      },
    ),
  ]);
}
