import { methodNotAllowed, notFound } from '../errors.ts';
import type { BareContext } from './context.ts';
import { redactPath } from './shown-path.ts';

/**
 * Comes after all routers: answers OPTIONS, and refuses requests that no route matched, with 405 if the path exists
 * for another method.
 */
export function refuseUnmatched(ctx: BareContext & { matched?: { methods: string[] }[] }): void {
  const methods = [...new Set((ctx.matched ?? []).flatMap((layer) => layer.methods))];
  const path = redactPath(ctx.path);
  if (methods.length === 0) throw notFound(`There is nothing at ${path}.`);
  ctx.set('Allow', methods.join(', '));
  if (ctx.method !== 'OPTIONS') throw methodNotAllowed(`${path} takes ${methods.join(', ')}.`);
  ctx.status = 204;
}
