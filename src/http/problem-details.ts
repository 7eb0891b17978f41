import { STATUS_CODES } from 'node:http';
import type { Logger } from 'pino';
import type { Refusal, RefusalDetails } from '../errors.ts';
import { asRefusal } from './as-refusal.ts';
import type { BareContext, Next } from './context.ts';

/** An error as a client reads it (RFC 9457), `application/problem+json`. */
export interface ProblemDetails extends Omit<RefusalDetails, 'retry_after'> {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  /** Stable, for programs; the texts may change. */
  code: string;
}

/**
 * First middleware of all: turns whatever is thrown below into problem details. A `Refusal` says what it is;
 * anything else is logged and becomes a 500 that tells nothing of the inside.
 */
export function problemDetails(log: Logger) {
  return async (ctx: BareContext, next: Next): Promise<void> => {
    try {
      await next();
    } catch (error) {
      const refusal = asRefusal(error);
      if (refusal.status === 500) log.error({ err: refusal.cause ?? error, path: ctx.path }, refusal.message);
      respond(ctx, refusal);
    }
  };
}

function respond(ctx: BareContext, { status, code, message, details }: Refusal): void {
  const { retry_after, ...shown } = details;
  const problem: ProblemDetails = {
    type: `urn:skill-observation:problem:${code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: message,
    instance: ctx.path,
    code,
    ...shown,
  };
  ctx.status = status;
  if (retry_after !== undefined) ctx.set('Retry-After', String(retry_after));
  ctx.body = JSON.stringify(problem);
  ctx.type = 'application/problem+json';
}
