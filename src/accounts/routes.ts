import type { AuditEntry, AuditLog } from '../audit/audit-log.ts';
import { audited } from '../audit/audited.ts';
import { notFound, Refusal } from '../errors.ts';
import { objectIdInAnyCase } from '../fields.ts';
import { type AccountCaller, admin, anyAccount, anyone } from '../http/access.ts';
import type { ClientAddresses } from '../http/client-address.ts';
import type { ApiRouter, Context } from '../http/context.ts';
import type { RateLimits } from '../http/rate-limits.ts';
import { body } from '../http/request.ts';
import { apiRoutes, get, post, type Step } from '../http/routes.ts';
import { ifUnanswered, REPEATABLE } from '../http/unknown-outcome.ts';
import type { LogIn } from './authentication.ts';
import type { Accounts } from './create-accounts.ts';
import { login, newAccount, passwordChange, refreshToken, registration } from './schemas.ts';
import type { User } from './user.ts';

interface AccountRoutesServices {
  accounts: Accounts;
  audit: AuditLog;
  clients: ClientAddresses;
  limits: RateLimits;
}

/** What a caller should do if it is unknown whether a refresh token was exchanged. */
const LOG_IN_AGAIN = 'send it again, and log in again if it is refused';

/** What people can do with their own account, and administrators with the accounts of others. */
export function accountRoutes({ accounts, audit, clients, limits }: AccountRoutesServices): ApiRouter {
  const { users, authentication, administration } = accounts;
  return apiRoutes('', [
    post(
      '/auth/register',
      [limits.volume, anyone, body(registration), limits.register, audited(audit, 'account_created', 'user')],
      async (ctx) => {
        const logIn = await authentication.register(ctx.state.body, clients.clientOf(ctx.req));
        ctx.state.target = { actor_id: logIn.user.user_id, ...accountTarget(logIn.user) };
        answerLogIn(ctx, 201, logIn);
      },
    ),

    post('/auth/login', [ifUnanswered(REPEATABLE), limits.volume, anyone, body(login)], async (ctx) => {
      const onFailure = (user_id: string | null) => audit.countRefusal(failedLogIn(user_id));
      answerLogIn(ctx, 200, await authentication.login(ctx.state.body, clients.clientOf(ctx.req), onFailure));
    }),

    post(
      '/auth/refresh',
      [ifUnanswered(LOG_IN_AGAIN), limits.volume, anyone, body(refreshToken), limits.refresh],
      async (ctx) => {
        const { refresh_token } = ctx.state.body;
        answerLogIn(ctx, 200, await authentication.refresh(refresh_token, clients.clientOf(ctx.req)));
      },
    ),

    post(
      '/auth/logout',
      [ifUnanswered(REPEATABLE), limits.volume, anyone, body(refreshToken)],
      async (ctx) => {
        await authentication.logout(ctx.state.body.refresh_token);
        ctx.status = 204;
      },
    ),

    get('/auth/me', [anyAccount], async (ctx) => {
      ctx.body = await users.findById(ctx.state.caller.user_id);
    }),

    post(
      '/auth/password',
      [
        limits.volume,
        anyAccount,
        body(passwordChange),
        auditedGuess(audit),
        audited(audit, 'password_changed', 'user'),
      ],
      async (ctx) => {
        const { caller, body } = ctx.state;
        const change = { current: body.current_password, next: body.new_password };
        const logIn = await authentication.changePassword(caller.user_id, change, clients.clientOf(ctx.req));
        ctx.state.target = { target_id: caller.user_id };
        answerLogIn(ctx, 200, logIn);
      },
    ),

    post('/users', [admin, body(newAccount), audited(audit, 'account_created', 'user')], async (ctx) => {
      const user = await administration.create(ctx.state.body, clients.clientOf(ctx.req));
      ctx.state.target = accountTarget(user);
      ctx.status = 201;
      ctx.body = user;
    }),

    post(
      '/users/:user_id/deactivate',
      [admin, audited(audit, 'account_deactivated', 'user')],
      async (ctx) => {
        const user = await administration.deactivate(ctx.state.caller.user_id, userInPath(ctx));
        ctx.state.target = accountTarget(user);
        ctx.body = user;
      },
    ),

    post(
      '/users/:user_id/reactivate',
      [admin, audited(audit, 'account_reactivated', 'user')],
      async (ctx) => {
        const user = await administration.reactivate(userInPath(ctx));
        ctx.state.target = accountTarget(user);
        ctx.body = user;
      },
    ),
  ]);
}

/** Addresses without an account are not told apart: what is typed there may be anything. */
const failedLogIn = (user_id: string | null): AuditEntry => ({
  actor_id: null,
  action: 'log_in_failed',
  target_type: 'user',
  target_id: user_id ?? 'unknown',
});

/** Step: records that somebody who is logged in gave a wrong current password. */
function auditedGuess(audit: AuditLog): Step<{ caller: AccountCaller }> {
  return async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      const { user_id } = ctx.state.caller;
      if (error instanceof Refusal && error.code === 'invalid_credentials') {
        audit.countRefusal({ ...failedLogIn(user_id), actor_id: user_id, action: 'password_change_failed' });
      }
      throw error;
    }
  };
}

/** @throws Refusal 404, even if it cannot be an id at all. */
function userInPath(ctx: Context): string {
  const id = objectIdInAnyCase.safeParse(ctx.params['user_id']);
  if (!id.success) throw notFound('There is no such account.');
  return id.data;
}

/** An account as the target of an audited action. */
const accountTarget = ({ user_id, role }: User) => ({ target_id: user_id, details: { role } });

function answerLogIn(ctx: Context, status: 200 | 201, logIn: LogIn): void {
  ctx.status = status;
  // RFC 6749, section 5.1: no cache may keep tokens.
  ctx.set('Cache-Control', 'no-store');
  ctx.body = logIn;
}
