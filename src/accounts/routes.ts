import type { AuditEntry, AuditLog } from '../audit/audit-log.ts';
import { audited } from '../audit/audited.ts';
import {
  emailTaken,
  invalidCredentials,
  lastAdmin,
  notAuthenticated,
  notFound,
  ownAccount,
  Refusal,
} from '../errors.ts';
import { objectIdInAnyCase } from '../fields.ts';
import { type AccountCaller, admin, anyAccount, anyone } from '../http/access.ts';
import type { ClientAddresses } from '../http/client-address.ts';
import type { ApiRouter, Context } from '../http/context.ts';
import type { RateLimits } from '../http/rate-limits.ts';
import { body } from '../http/request.ts';
import { apiRoutes, get, post, type Step } from '../http/routes.ts';
import { ifUnanswered, REPEATABLE } from '../http/unknown-outcome.ts';
import type { Accounts } from './create-accounts.ts';
import {
  type LogIn,
  logIn,
  login,
  newAccount,
  passwordChange,
  refreshToken,
  registration,
} from './schemas.ts';
import { type User, user } from './user.ts';

interface AccountRoutesServices {
  accounts: Accounts;
  audit: AuditLog;
  clients: ClientAddresses;
  limits: RateLimits;
}

/** What a caller should do if it is unknown whether a refresh token was exchanged. */
const LOG_IN_AGAIN = 'send it again, and log in again if it is refused';

const EXAMPLE_LOGIN = { email: 'ines@example.com', password: 'harbour-violin-7-moss' };
const EXAMPLE_REFRESH = { refresh_token: 'Vh3m0pKp9w4b7x2Zc1nQ8yRt' };
const USER_IN_PATH = { user_id: objectIdInAnyCase };

/** What people can do with their own account, and administrators with the accounts of others. */
export function accountRoutes({ accounts, audit, clients, limits }: AccountRoutesServices): ApiRouter {
  const { users, authentication, administration } = accounts;
  return apiRoutes('', [
    post(
      '/auth/register',
      [limits.volume, anyone, body(registration), limits.register, audited(audit, 'account_created', 'user')],
      {
        summary: 'Make a candidate’s account and log in',
        answers: { 201: logIn },
        refuses: [emailTaken],
        example: EXAMPLE_LOGIN,
      },
      async (ctx) => {
        const logIn = await authentication.register(ctx.state.body, clients.clientOf(ctx.req));
        ctx.state.target = { actor_id: logIn.user.user_id, ...accountTarget(logIn.user) };
        answerLogIn(ctx, 201, logIn);
      },
    ),

    post(
      '/auth/login',
      [ifUnanswered(REPEATABLE), limits.volume, anyone, body(login)],
      {
        summary: 'Log in',
        details: 'The access token is valid for 15 minutes, the refresh token for 30 days.',
        answers: { 200: logIn },
        refuses: [invalidCredentials],
        example: EXAMPLE_LOGIN,
      },
      async (ctx) => {
        const onFailure = (user_id: string | null) => audit.countRefusal(failedLogIn(user_id));
        const client = clients.clientOf(ctx.req);
        answerLogIn(ctx, 200, await authentication.login(ctx.state.body, client, onFailure));
      },
    ),

    post(
      '/auth/refresh',
      [ifUnanswered(LOG_IN_AGAIN), limits.volume, anyone, body(refreshToken), limits.refresh],
      {
        summary: 'Exchange a refresh token for a new pair of tokens',
        details:
          'A refresh token may be sent again within 30 s (two tabs, a lost answer) until its successor is used; ' +
          'after that it invalidates its whole family.',
        answers: { 200: logIn },
        refuses: [notAuthenticated],
        example: EXAMPLE_REFRESH,
      },
      async (ctx) => {
        const { refresh_token } = ctx.state.body;
        answerLogIn(ctx, 200, await authentication.refresh(refresh_token, clients.clientOf(ctx.req)));
      },
    ),

    post(
      '/auth/logout',
      [ifUnanswered(REPEATABLE), limits.volume, anyone, body(refreshToken)],
      {
        summary: 'End the log-in of a refresh token',
        answers: { 204: null },
        example: EXAMPLE_REFRESH,
      },
      async (ctx) => {
        await authentication.logout(ctx.state.body.refresh_token);
        ctx.status = 204;
      },
    ),

    get(
      '/auth/me',
      [anyAccount],
      { summary: 'Read your account', answers: { 200: user }, refuses: [notFound] },
      async (ctx) => {
        const found = await users.findById(ctx.state.caller.user_id);
        if (!found) throw notFound('The pass of /machines belongs to no account.');
        ctx.body = found;
      },
    ),

    post(
      '/auth/password',
      [
        limits.volume,
        anyAccount,
        body(passwordChange),
        auditedGuess(audit),
        audited(audit, 'password_changed', 'user'),
      ],
      {
        summary: 'Change your password',
        details: 'All refresh tokens of the account stop working; a new pair is answered.',
        answers: { 200: logIn },
        refuses: [invalidCredentials],
        example: { current_password: EXAMPLE_LOGIN.password, new_password: 'a-lantern-over-the-quay-4' },
      },
      async (ctx) => {
        const { caller, body } = ctx.state;
        const change = { current: body.current_password, next: body.new_password };
        const logIn = await authentication.changePassword(caller.user_id, change, clients.clientOf(ctx.req));
        ctx.state.target = { target_id: caller.user_id };
        answerLogIn(ctx, 200, logIn);
      },
    ),

    post(
      '/users',
      [admin, body(newAccount), audited(audit, 'account_created', 'user')],
      {
        summary: 'Make an account with any role',
        answers: { 201: user },
        refuses: [emailTaken],
        example: { ...EXAMPLE_LOGIN, role: 'recruiter' },
      },
      async (ctx) => {
        const user = await administration.create(ctx.state.body, clients.clientOf(ctx.req));
        ctx.state.target = accountTarget(user);
        ctx.status = 201;
        ctx.body = user;
      },
    ),

    post(
      '/users/:user_id/deactivate',
      [admin, audited(audit, 'account_deactivated', 'user')],
      {
        summary: 'Lock an account out',
        details: 'At once, in other processes within 5 s. Its unredeemed tokens stop working.',
        answers: { 200: user },
        parameters: USER_IN_PATH,
        refuses: [notFound, ownAccount, lastAdmin],
      },
      async (ctx) => {
        const user = await administration.deactivate(ctx.state.caller.user_id, userInPath(ctx));
        ctx.state.target = accountTarget(user);
        ctx.body = user;
      },
    ),

    post(
      '/users/:user_id/reactivate',
      [admin, audited(audit, 'account_reactivated', 'user')],
      {
        summary: 'Let a deactivated account in again',
        answers: { 200: user },
        parameters: USER_IN_PATH,
        refuses: [notFound],
      },
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
