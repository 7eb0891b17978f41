import { malformedRequest } from '../errors.ts';
import type { BareContext, Next } from './context.ts';

/**
 * The path and query of a request target in any form of RFC 9112, section 3.2; undefined if it has none. Koa and
 * koa-websocket throw on some invalid targets, koa-websocket even where nothing catches the error.
 */
export function originForm(target: string | undefined): string | undefined {
  if (target?.startsWith('/')) return target;
  if (!target || !/^https?:\/\//i.test(target) || !URL.canParse(target)) return undefined;
  const { pathname, search } = new URL(target);
  return pathname + search;
}

/** Converts the request's target to path and query. @throws Refusal 400 if it has none */
export function normalizeTarget(ctx: BareContext, next: Next): Promise<unknown> {
  const target = originForm(ctx.req.url);
  // Always set, because the refusal contains the path and must be able to read it.
  ctx.url = target ?? '/';
  if (target === undefined) throw malformedRequest('The request target is not a path on this server.');
  return next();
}
