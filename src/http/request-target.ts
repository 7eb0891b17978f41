import { malformedRequest } from '../errors.ts';
import type { BareContext, Next } from './context.ts';

/**
 * The path and query that a request names, whichever of the forms of RFC 9112, section 3.2, it uses; undefined
 * for what is none. Koa and koa-websocket throw on some of those, koa-websocket where nothing catches it.
 */
export function originForm(target: string | undefined): string | undefined {
  if (target?.startsWith('/')) return target;
  if (!target || !/^https?:\/\//i.test(target) || !URL.canParse(target)) return undefined;
  const { pathname, search } = new URL(target);
  return pathname + search;
}

/** Brings the request's target into one form. @throws Refusal 400 for what is none */
export function readableTarget(ctx: BareContext, next: Next): Promise<unknown> {
  const target = originForm(ctx.req.url);
  // Set in any case: the refusal names the path, and must be able to read it.
  ctx.url = target ?? '/';
  if (target === undefined) throw malformedRequest('The request names no path of this server.');
  return next();
}
