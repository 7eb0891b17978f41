import type { BareContext, Next } from './context.ts';

/** No cache may keep an answer, because nearly all hold tokens or personal data; a route may say otherwise. */
export async function noStore(ctx: BareContext, next: Next): Promise<void> {
  ctx.set('Cache-Control', 'no-store');
  await next();
}
