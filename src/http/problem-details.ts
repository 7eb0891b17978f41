import { STATUS_CODES } from 'node:http';
import type { Logger } from 'pino';
import { Refusal, type RefusalDetails } from '../errors.ts';
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
      if (refusal.status >= 500) log.error({ err: refusal.cause ?? error, path: ctx.path }, refusal.message);
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

/** Koa and its middleware throw errors with a `status` and `expose`; those under 500 are about the request. */
function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const { status, expose, message } = error as { status?: number; expose?: boolean; message?: string };
  if (status && status >= 400 && status < 500 && expose) {
    return new Refusal(status, 'malformed_request', message ?? 'The request cannot be read.');
  }
  const internal = new Refusal(
    500,
    'internal_error',
    'Something went wrong inside the server; it was logged.',
  );
  internal.cause = error;
  return internal;
}
