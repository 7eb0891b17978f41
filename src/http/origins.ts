import cors from '@koa/cors';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { isLoopback } from './client-address.ts';

/** How many origins that were refused are remembered, so that each is logged only once. */
const MAX_REFUSED = 1000;

/**
 * Which pages of other origins may call: those of CORS_ORIGINS, and outside production every page that this computer
 * serves, so that a front end's development server needs no setting. An origin that is refused is logged by its name,
 * once: the browser tells only its own user, and what it tells does not name the setting.
 */
export class Origins {
  readonly #allowed: ReadonlySet<string>;
  readonly #allowsLoopback: boolean;
  readonly #log: Pick<Logger, 'warn'>;
  readonly #refused = new LRUCache<string, true>({ max: MAX_REFUSED });

  constructor(
    { corsOrigins, production }: Pick<Config, 'corsOrigins' | 'production'>,
    log: Pick<Logger, 'warn'>,
  ) {
    this.#allowed = new Set(corsOrigins);
    this.#allowsLoopback = !production;
    this.#log = log;
  }

  /** Whether the answer to a page of `origin` may be read there. @param host the server's own name in the request */
  allows(origin: string, host: string | undefined): boolean {
    if (this.#allowed.has(origin) || isOwnOrigin(origin, host)) return true;
    if (this.#allowsLoopback && isLoopbackOrigin(origin)) return true;
    this.#logOnce(origin);
    return false;
  }

  #logOnce(origin: string): void {
    if (this.#refused.has(origin)) return;
    this.#refused.set(origin, true);
    const message =
      'A page of this origin was refused; if it is one of yours, add it to CORS_ORIGINS. (Told once.)';
    // Nobody keeps a client from sending something very long.
    this.#log.warn({ origin: origin.slice(0, 200) }, message);
  }
}

/** Sends CORS headers to pages of allowed origins only. */
export function crossOrigin(origins: Origins) {
  return cors({
    // With an empty string no header is sent, and the browser refuses the page.
    origin: (ctx) => {
      const origin = ctx.get('origin');
      return origin !== '' && origins.allows(origin, ctx.get('host')) ? origin : '';
    },
    allowMethods: 'GET,POST,PUT',
    allowHeaders: [
      'Authorization',
      'Content-Type',
      'If-Match',
      'X-Requested-With',
      'traceparent',
      'tracestate',
    ],
    exposeHeaders: ['Date', 'ETag', 'Retry-After', 'traceparent'],
    maxAge: 600,
  });
}

/** An app's origin (`capacitor://localhost`) is never the server's own, even if the host is the same. */
function isOwnOrigin(origin: string, host: string | undefined): boolean {
  return isWebOrigin(origin) && new URL(origin).host === host;
}

/** Whether this computer serves the page: `localhost`, a name below it, or a loopback address (RFC 6761, 6.3). */
function isLoopbackOrigin(origin: string): boolean {
  if (!isWebOrigin(origin)) return false;
  const host = new URL(origin).hostname.replace(/^\[|\]$/g, '');
  return host === 'localhost' || host.endsWith('.localhost') || isLoopback(host);
}

const isWebOrigin = (origin: string): boolean =>
  URL.canParse(origin) && ['http:', 'https:'].includes(new URL(origin).protocol);
