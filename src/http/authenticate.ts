import { notAuthenticated } from '../errors.ts';
import type { BareContext, Caller, Next } from './context.ts';

/**
 * Turns a bearer token into who it stands for.
 * @throws Refusal 401 when the token proves nothing (any more).
 */
export type IdentifyCaller = (bearerToken: string) => Promise<Caller>;

/**
 * Puts the caller into `ctx.state` where the request carries a bearer token. A request without one goes on
 * as nobody's; the route decides whether that is enough.
 */
export function authenticate(identify: IdentifyCaller) {
  return async (ctx: BareContext, next: Next): Promise<void> => {
    const header = ctx.get('authorization');
    if (header) {
      const token = /^Bearer ([\w.~+/=-]+)$/i.exec(header)?.[1];
      if (!token) throw notAuthenticated('Send the credentials as "Authorization: Bearer TOKEN".');
      ctx.state.caller = await identify(token);
    }
    await next();
  };
}
