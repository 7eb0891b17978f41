import cors from '@koa/cors';

/** Sends CORS headers to pages of the configured origins only. */
export function crossOrigin(origins: readonly string[]) {
  return cors({
    // With an empty string no header is sent, and the browser refuses the page.
    origin: (ctx) => (origins.includes(ctx.get('origin')) ? ctx.get('origin') : ''),
    allowMethods: 'GET,POST,PUT',
    allowHeaders: ['Authorization', 'Content-Type'],
    exposeHeaders: ['Retry-After'],
    maxAge: 600,
  });
}

/** Whether a page of `origin` may open a socket: it must be a configured origin or the server's own. */
export function isAllowedOrigin(origins: readonly string[]) {
  return (origin: string, host: string | undefined): boolean =>
    origins.includes(origin) || (URL.canParse(origin) && new URL(origin).host === host);
}
