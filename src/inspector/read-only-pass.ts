import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { LRUCache } from 'lru-cache';
import type { Caller } from '../caller.ts';
import { forbidden } from '../errors.ts';
import type { IdentifyCaller } from '../http/authenticate.ts';
import { isLoopback } from '../http/client-address.ts';
import type { BareContext, Next } from '../http/context.ts';

/** Seconds that a pass is good for; the page asks for another by itself. */
export const PASS_SECONDS = 15 * 60;

/** No account has this id: whoever holds a pass is nobody in particular. */
const NOBODY = '0'.repeat(24);

/**
 * How a developer looks at the own server without logging in: random tokens, known to this process alone, that
 * stand for a recruiter who may read and nothing else. No account is lent to anybody by it, and a server in
 * production does not have it at all.
 */
export class ReadOnlyPass {
  readonly #tokens = new LRUCache<string, true>({ max: 1000, ttl: PASS_SECONDS * 1000 });
  readonly #caller: Caller = Object.freeze({ kind: 'account', user_id: NOBODY, role: 'recruiter' });

  readonly #asCaller = Promise.resolve(this.#caller);

  issue(): string {
    const token = `look.${randomBytes(32).toString('base64url')}`;
    this.#tokens.set(token, true);
    return token;
  }

  /** Knows the passes, and asks `others` about every other token. */
  identify(others: IdentifyCaller): IdentifyCaller {
    return (token) => (this.#tokens.has(token) ? this.#asCaller : others(token));
  }

  /** Middleware after the authentication: a pass opens nothing but what only reads. */
  readonly guard = (ctx: BareContext, next: Next): Promise<unknown> => {
    if (ctx.state.caller === this.#caller && !['GET', 'HEAD'].includes(ctx.method)) {
      throw forbidden('The page of the machines only looks; log in to change something.');
    }
    return next();
  };
}

const FORWARDING = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];

/**
 * Whether a request was made on this very computer, by a page of this server or by a program. The address alone
 * does not say so: a proxy or tunnel here has it too and usually tells by its headers, and a foreign page gets a
 * browser here to send requests, under a foreign `Host` (DNS rebinding) or with a foreign `Origin`.
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
