import { methodNotAllowed, notFound } from '../errors.ts';
import type { BareContext } from './context.ts';
import { shownPath } from './shown-path.ts';

/**
 * After all routers: says of a path that none of them took whether it exists for another method, and answers
 * OPTIONS.
 */
export function unmatched(ctx: BareContext & { matched?: { methods: string[] }[] }): void {
  const methods = [...new Set((ctx.matched ?? []).flatMap((layer) => layer.methods))];
  const path = shownPath(ctx.path);
  if (methods.length === 0) throw notFound(`There is nothing at ${path}.`);
  ctx.set('Allow', methods.join(', '));
  if (ctx.method !== 'OPTIONS') throw methodNotAllowed(`${path} takes ${methods.join(', ')}.`);
  ctx.status = 204;
}
