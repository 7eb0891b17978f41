import { notFound } from '../errors.ts';
import { objectIdInAnyCase } from '../fields.ts';
import { accountOf, onlyRoles } from '../http/access.ts';
import { type ApiRouter, apiRouter, type Context, type Next } from '../http/context.ts';
import { readBody } from '../http/request.ts';
import type { Session } from './authentication.ts';
import type { Accounts } from './create-accounts.ts';
import { login, newAccount, passwordChange, refreshToken, registration } from './schemas.ts';

type Middleware = (ctx: Context, next: Next) => Promise<unknown>;

/** Middleware in front of what can be guessed at or flooded; what is absent limits nothing. */
export interface AccountLimits {
  /** Also in front of the change of a password, which takes guesses as well. */
  login?: Middleware;
  register?: Middleware;
  refresh?: Middleware;
}

const unlimited: Middleware = (_ctx, next) => next();

/** `/auth` and `/users` below `prefix`. */
export function accountRoutes(
  { users, authentication, administration }: Pick<Accounts, 'users' | 'authentication' | 'administration'>,
  prefix: string,
  limits: AccountLimits = {},
): ApiRouter {
  const router = apiRouter(prefix);
  const limit = {
    login: limits.login ?? unlimited,
    register: limits.register ?? unlimited,
    refresh: limits.refresh ?? unlimited,
  };

  router.post('/auth/register', limit.register, async (ctx) => {
    respondWithSession(ctx, 201, await authentication.register(await readBody(ctx, registration)));
  });

  router.post('/auth/login', limit.login, async (ctx) => {
    respondWithSession(ctx, 200, await authentication.login(await readBody(ctx, login)));
  });

  router.post('/auth/refresh', limit.refresh, async (ctx) => {
    const { refresh_token } = await readBody(ctx, refreshToken);
    respondWithSession(ctx, 200, await authentication.refresh(refresh_token));
  });

  router.post('/auth/logout', limit.refresh, async (ctx) => {
    const { refresh_token } = await readBody(ctx, refreshToken);
    await authentication.logout(refresh_token);
    ctx.status = 204;
  });

  router.get('/auth/me', async (ctx) => {
    ctx.body = await users.findById(accountOf(ctx).user_id);
  });

  router.post('/auth/password', limit.login, async (ctx) => {
    const { user_id } = accountOf(ctx);
    const { current_password, new_password } = await readBody(ctx, passwordChange);
    const change = { current: current_password, next: new_password };
    respondWithSession(ctx, 200, await authentication.changePassword(user_id, change));
  });

  router.post('/users', onlyRoles('admin'), async (ctx) => {
    ctx.body = await administration.create(accountOf(ctx).user_id, await readBody(ctx, newAccount));
    ctx.status = 201;
  });

  router.post('/users/:user_id/deactivate', onlyRoles('admin'), async (ctx) => {
    ctx.body = await administration.deactivate(accountOf(ctx).user_id, userIdIn(ctx));
  });

  router.post('/users/:user_id/reactivate', onlyRoles('admin'), async (ctx) => {
    ctx.body = await administration.reactivate(accountOf(ctx).user_id, userIdIn(ctx));
  });

  return router;
}

/** @throws Refusal 404: what is no id is nobody's id. */
function userIdIn(ctx: Context): string {
  const id = objectIdInAnyCase.safeParse(ctx.params['user_id']);
  if (!id.success) throw notFound('There is no such account.');
  return id.data;
}

function respondWithSession(ctx: Context, status: 200 | 201, session: Session): void {
  ctx.status = status;
  // RFC 6749, section 5.1: no cache may keep tokens.
  ctx.set('Cache-Control', 'no-store');
  ctx.body = session;
}
