import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet from 'helmet';
import type { BareContext, Next } from './context.ts';

/**
 * What every answer says unless a route says otherwise: Helmet's headers, and that no cache may keep it, because
 * nearly all hold tokens or personal data. They are the same each time, so that they are worked out once.
 */
export function defaultHeaders() {
  const sample = new ServerResponse(new IncomingMessage(new Socket()));
  helmet()(sample.req, sample, () => undefined);
  const headers = Object.entries({ ...sample.getHeaders(), 'Cache-Control': 'no-store' }).map(
    ([name, value]) => [name, String(value)] as const,
  );
  return (ctx: BareContext, next: Next): Promise<unknown> => {
    for (const [name, value] of headers) ctx.res.setHeader(name, value);
    return next();
  };
}
