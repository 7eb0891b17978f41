import cors from '@koa/cors';

/** CORS headers for pages of the configured origins, and for no others. */
export function crossOrigin(origins: readonly string[]) {
  return cors({
    // An empty string sends no header at all, which is how a browser is refused.
    origin: (ctx) => (origins.includes(ctx.get('origin')) ? ctx.get('origin') : ''),
    allowMethods: 'GET,POST,PUT',
    allowHeaders: ['Authorization', 'Content-Type'],
    exposeHeaders: ['Retry-After'],
    maxAge: 600,
  });
}

/** Whether a page of `origin` may open a socket: one of the configured origins, or the server's own. */
export function isAllowedOrigin(origins: readonly string[]) {
  return (origin: string, host: string | undefined): boolean =>
    origins.includes(origin) || (URL.canParse(origin) && new URL(origin).host === host);
}
