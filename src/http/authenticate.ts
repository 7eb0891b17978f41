import type { Caller } from '../caller.ts';
import { notAuthenticated, Refusal } from '../errors.ts';
import type { BareContext, Next } from './context.ts';

/**
 * Turns a bearer token into who it stands for.
 * @throws Refusal 401 when the token proves nothing (any more).
 */
export type IdentifyCaller = (bearerToken: string) => Promise<Caller>;

/**
 * Puts the caller into `ctx.state` where the request carries a bearer token. One that proves nothing is refused
 * by the routes that ask who calls, and by no others: a front end that always sends its token can still log in
 * again or refresh when the token has expired.
 */
export function authenticate(identify: IdentifyCaller) {
  return async (ctx: BareContext, next: Next): Promise<void> => {
    const header = ctx.get('authorization');
    if (header) await readCredentials(ctx, header, identify);
    await next();
  };
}

async function readCredentials(ctx: BareContext, header: string, identify: IdentifyCaller): Promise<void> {
  try {
    const token = /^Bearer ([\w.~+/=-]+)$/i.exec(header)?.[1];
    if (!token) throw notAuthenticated('Send the credentials as "Authorization: Bearer TOKEN".');
    ctx.state.caller = await identify(token);
  } catch (error) {
    if (!(error instanceof Refusal && error.status === 401)) throw error;
    ctx.state.credentialsRefused = error;
  }
}
