import { z } from 'zod';
import type { Accounts } from '../accounts/create-accounts.ts';
import { candidateAttempt, candidateAttemptView } from '../attempts/attempt-view.ts';
import { attemptInPath } from '../attempts/routes/access-steps.ts';
import type { SessionRegistry } from '../attempts/session/session-registry.ts';
import type { AccessStore } from '../attempts/stored/access-store.ts';
import type { AttemptList } from '../attempts/stored/attempt-list.ts';
import type { AttemptStore } from '../attempts/stored/attempt-store.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { audited, auditedReading } from '../audit/audited.ts';
import {
  alreadyAttempted,
  attemptExpired,
  attemptLocked,
  attemptNotRedeemed,
  forbidden,
  notFound,
  taskInactive,
  tokenExpired,
  tokenRevoked,
  tokenUsed,
  validationFailed,
} from '../errors.ts';
import { objectIdString } from '../fields.ts';
import { anyone, staff } from '../http/access.ts';
import type { ApiRouter, Context } from '../http/context.ts';
import { pageOf } from '../http/page-query.ts';
import type { RateLimits } from '../http/rate-limits.ts';
import { body, optionalJson, query } from '../http/request.ts';
import { apiRoutes, get, post } from '../http/routes.ts';
import { ifUnanswered, REPEATABLE } from '../http/unknown-outcome.ts';
import type { TaskStore } from '../tasks/task-store.ts';
import {
  candidateTask,
  candidateTaskView,
  taskAnnouncement,
  taskAnnouncementView,
} from '../tasks/task-view.ts';
import { parse } from '../validation.ts';
import { ownTokens, tokenIssuer } from './access-steps.ts';
import { assessmentToken, redemption, revocation, tokenOrder, tokenQuery } from './schemas.ts';
import { listedToken, listTokens } from './token-list.ts';
import { issuedToken } from './token-store.ts';
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

/** Access to one attempt (RFC 6749, section 5.1). */
const attemptAccess = { access_token: z.string(), token_type: z.literal('Bearer') };

const EXAMPLE_ID = '65a1b2c3d4e5f60718293a4b';

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
      {
        summary: 'Issue one-time tokens',
        details:
          'Up to 500, shown this once. A token for an address replaces the open ones for the same address and task ' +
          '(`revoked`), whoever issued them.',
        answers: {
          201: z.object({ tokens: z.array(issuedToken), revoked: z.array(objectIdString) }),
        },
        refuses: [notFound, taskInactive, alreadyAttempted],
        example: { task_id: EXAMPLE_ID, count: 3 },
      },
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
      {
        summary: 'List issued tokens',
        details: 'Newest first, with their state, never the token itself. Recruiters see their own.',
        answers: { 200: pageOf('tokens', listedToken) },
      },
      async (ctx) => {
        const { issued_by } = ctx.state;
        const { cursor, limit, ...filter } = ctx.state.query;
        const page = await listTokens(attemptList, { ...filter, issued_by }, { cursor, limit });
        ctx.body = { tokens: page.items, next_cursor: page.next_cursor };
      },
    ),

    get(
      '/tokens/:token/validate',
      [limits.volume, anyone, limits.validate],
      {
        summary: 'Tell what a token is for',
        details: 'Changes nothing, so link scanners may fetch it.',
        answers: {
          200: z.object({ valid: z.literal(true), expires_at: z.date(), task: taskAnnouncementView }),
        },
        parameters: { token: assessmentToken },
        refuses: [notFound, tokenUsed, tokenExpired, tokenRevoked, validationFailed],
      },
      async (ctx) => {
        const { task_id, expires_at } = await tokens.inspect(parse(assessmentToken, ctx.params['token']));
        ctx.body = { valid: true, expires_at, task: taskAnnouncement(await tasks.get(task_id)) };
      },
    ),

    post(
      '/tokens/revoke',
      [
        ifUnanswered(REPEATABLE),
        staff,
        body(revocation),
        tokenIssuer(attempts, (ctx: Context<{ body: { attempt_id: string } }>) => ctx.state.body.attempt_id),
        audited(audit, 'token_revoked', 'attempt'),
      ],
      {
        summary: 'Revoke a token that is not yet redeemed',
        answers: { 200: z.object({ attempt_id: objectIdString, revoked: z.literal(true) }) },
        refuses: [tokenUsed],
        example: { attempt_id: EXAMPLE_ID },
      },
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
      {
        summary: 'Redeem a token, which begins the attempt',
        details:
          'Exactly one redemption wins. With a `redemption_id`, a UUID that the page makes and keeps before it asks, ' +
          'the call may be repeated until the attempt is over. Who is logged in gets the attempt for the account. ' +
          'The access token outlives the attempt by 30 days, for its results.',
        answers: {
          201: z.object({
            attempt: candidateAttemptView,
            ...attemptAccess,
            task: candidateTaskView,
            server_time: z.date(),
          }),
        },
        readsCredentials: true,
        refuses: [
          forbidden,
          notFound,
          tokenUsed,
          alreadyAttempted,
          attemptLocked,
          attemptExpired,
          tokenExpired,
          tokenRevoked,
        ],
        example: {
          token: 'q1vC0cJm3v2m8oQhJ1YVbA',
          redemption_id: '0f5a3a7e-4c1b-4f5a-9d57-2f1f0a4b9c11',
        },
      },
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
          token_type: 'Bearer' as const,
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
        optionalJson(ACCESS_BODY_LIMIT, z.unknown()),
        tokenIssuer(attempts, attemptInPath),
        audited(audit, 'access_renewed', 'attempt'),
      ],
      {
        summary: 'Give new access to a candidate who lost the way back',
        details:
          'The access tokens before stop working (in other processes within 5 s, sockets within 30 s). Nothing is ' +
          'needed in the body.',
        answers: {
          201: z.object({ attempt_id: objectIdString, ...attemptAccess, expires_at: z.date() }),
        },
        refuses: [attemptNotRedeemed, attemptLocked, attemptExpired],
        example: {},
      },
      async (ctx) => {
        const { attempt_id } = ctx.state.attempt;
        await refuseOver(attempt_id);
        const attempt = await access.renew(attempt_id, now());
        ctx.state.target = { target_id: attempt_id };
        ctx.status = 201;
        ctx.body = {
          attempt_id,
          access_token: accounts.tokenSigner.signAttemptToken(attempt),
          token_type: 'Bearer' as const,
          expires_at: attempt.expires_at,
        };
      },
    ),
  ]);
}
