import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { LRUCache } from 'lru-cache';
import type { Caller } from '../caller.ts';
import { forbidden } from '../errors.ts';
import type { IdentifyCaller } from '../http/authenticate.ts';
import { isLoopback } from '../http/client-address.ts';
import type { BareContext, Next } from '../http/context.ts';

/** Lifetime of a pass in seconds; the page fetches a new one automatically. */
export const PASS_SECONDS = 15 * 60;

/** The user id of a pass; no account has it. */
const NOBODY = '0'.repeat(24);

/**
 * Lets developers look at their own server without logging in. A pass is a random token, known only to this process,
 * that stands for a recruiter who may only read. It belongs to no account, and in production there are no passes. It is
 * given for the key in the link that each start prints: where a request comes from proves nothing, since a proxy on this
 * computer passes on strangers' requests as its own.
 */
export class ReadOnlyPass {
  /** Made anew at each start. */
  readonly key = randomBytes(32).toString('base64url');
  readonly #tokens = new LRUCache<string, true>({ max: 1000, ttl: PASS_SECONDS * 1000 });
  readonly #caller: Caller = Object.freeze({ kind: 'account', user_id: NOBODY, role: 'recruiter' });

  readonly #asCaller = Promise.resolve(this.#caller);

  /** @returns undefined for a wrong key */
  issue(key: string): string | undefined {
    if (!timingSafeEqual(hashOf(key), hashOf(this.key))) return undefined;
    const token = `look.${randomBytes(32).toString('base64url')}`;
    this.#tokens.set(token, true);
    return token;
  }

  /** Accepts the passes, and asks `others` about every other token. */
  identify(others: IdentifyCaller): IdentifyCaller {
    return (token) => (this.#tokens.has(token) ? this.#asCaller : others(token));
  }

  /** Middleware after authentication: refuses requests with a pass that do more than read. */
  readonly guard = (ctx: BareContext, next: Next): Promise<unknown> => {
    if (ctx.state.caller === this.#caller && !['GET', 'HEAD'].includes(ctx.method)) {
      throw forbidden('This page can only read; log in to make changes.');
    }
    return next();
  };
}

/** Of equal length for every key, as the comparison needs it. */
const hashOf = (key: string): Buffer => createHash('sha256').update(key).digest();

const FORWARDING = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];

/**
 * Whether a request seems to come from this computer, from a page of this server or from a program: a second lock, in
 * case the printed link is passed on. A proxy or tunnel on this computer has the same address, but usually adds forwarding headers. And a
 * foreign page can make a local browser send requests, but with a foreign `Host` (DNS rebinding) or `Origin`.
 */
export function isFromHere({ socket, headers }: IncomingMessage): boolean {
  const { host = '', origin } = headers;
  return (
    isLoopback(socket.remoteAddress ?? '') &&
    /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(host) &&
    (origin === undefined || origin === `http://${host}`) &&
    [undefined, 'same-origin'].includes(headers['sec-fetch-site'] as string | undefined) &&
    FORWARDING.every((name) => headers[name] === undefined)
  );
}
