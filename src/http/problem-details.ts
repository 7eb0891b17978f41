import { STATUS_CODES } from 'node:http';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Refusal } from '../errors.ts';
import { objectIdString } from '../fields.ts';
import { asRefusal } from './as-refusal.ts';
import type { BareContext, Next, RoutedContext } from './context.ts';
import { redactPath } from './redact-path.ts';
import { withAdvice } from './unknown-outcome.ts';

/** The body of an error response (RFC 9457), `application/problem+json`. */
export const problem = z
  .object({
    type: z.string().meta({ examples: ['urn:skill-observation:problem:not_found'] }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    code: z.string().describe('Stable, for programs to rely on; the texts may change.'),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .describe('All wrong fields, not only the first; the path is empty for the whole body.'),
    state: z.unknown().optional().describe('The attempt’s state, for a refused event.'),
    allowed_events: z
      .array(z.string())
      .readonly()
      .optional()
      .describe('The event types that the attempt accepts now.'),
    server_time: z.date().optional().describe('If the front end’s clock is ahead.'),
    current: z
      .object({ task_id: objectIdString, version: z.int() })
      .optional()
      .describe('The newest version of a task, for an edit of an older one.'),
    trace_id: z.string().optional().describe('By which the request is found in the log.'),
  })
  .meta({ id: 'Problem' });
export type ProblemDetails = z.output<typeof problem>;

/**
 * Turns every error thrown by a later middleware into problem details. An error that is not expected is logged and
 * becomes a 500 that reveals nothing about the server's internals.
 */
export function problemDetails(log: Logger) {
  return async (ctx: RoutedContext, next: Next): Promise<void> => {
    try {
      await next();
    } catch (error) {
      const refusal = withAdvice(asRefusal(error), ctx);
      if (refusal.status === 500) {
        const { trace_id } = ctx.state;
        log.error({ trace_id, err: refusal.cause ?? error, path: ctx.path }, refusal.message);
      }
      respond(ctx, refusal);
    }
  };
}

/** The problem details of a refusal. @param path of the request; secrets in it are left out */
export function problemOf({ status, code, message, details }: Refusal, path: string): ProblemDetails {
  const { retry_after: _, ...others } = details;
  return {
    type: `urn:skill-observation:problem:${code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: message,
    instance: redactPath(path),
    code,
    ...others,
  };
}

function respond(ctx: BareContext, refusal: Refusal): void {
  const { retry_after } = refusal.details;
  ctx.status = refusal.status;
  if (retry_after !== undefined) ctx.set('Retry-After', String(retry_after));
  ctx.body = JSON.stringify({ ...problemOf(refusal, ctx.path), trace_id: ctx.state.trace_id });
  ctx.type = 'application/problem+json';
}
