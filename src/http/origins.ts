import cors from '@koa/cors';

/** Sends CORS headers to pages of the configured origins only. */
export function crossOrigin(origins: readonly string[]) {
  return cors({
    // With an empty string no header is sent, and the browser refuses the page.
    origin: (ctx) => (origins.includes(ctx.get('origin')) ? ctx.get('origin') : ''),
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

/**
 * Whether a page of `origin` may open a socket: it must be a configured origin or the server's own. An app's origin
 * (`capacitor://localhost`) is never the server's own, even if the host is the same.
 */
export function isAllowedOrigin(origins: readonly string[]) {
  return (origin: string, host: string | undefined): boolean =>
    origins.includes(origin) || isOwnOrigin(origin, host);
}

function isOwnOrigin(origin: string, host: string | undefined): boolean {
  if (!URL.canParse(origin)) return false;
  const page = new URL(origin);
  return ['http:', 'https:'].includes(page.protocol) && page.host === host;
}
