import { methodNotAllowed, notFound } from '../errors.ts';
import type { BareContext } from './context.ts';

/** After all routers: says of a path that none of them took whether it exists for another method. */
export function unmatched(ctx: BareContext & { matched?: { methods: string[] }[] }): never {
  const methods = new Set((ctx.matched ?? []).flatMap((layer) => layer.methods));
  if (methods.size === 0) throw notFound(`There is nothing at ${ctx.path}.`);
  ctx.set('Allow', [...methods].join(', '));
  throw methodNotAllowed(`${ctx.path} takes ${[...methods].join(', ')}.`);
}
