import type { Caller } from '../caller.ts';
import { notAuthenticated, Refusal } from '../errors.ts';
import type { BareContext, Next } from './context.ts';

/**
 * Finds the caller that a bearer token stands for.
 * @throws Refusal 401 if the token is not valid or no longer valid.
 */
export type IdentifyCaller = (bearerToken: string) => Promise<Caller>;

/**
 * Puts the caller into `ctx.state` if the request has a bearer token. A token that is not valid is refused only by
 * routes that ask for the caller. So a front end that always sends its token can still log in again or refresh when
 * the token has expired.
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
