import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet from 'helmet';
import type { BareContext, Next } from './context.ts';

/**
 * Sets the default headers of every answer: Helmet's, and `no-store`, because nearly all answers contain tokens or
 * personal data. A route may override them. They are always the same, so they are computed once.
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
