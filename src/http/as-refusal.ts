import { isUnavailable } from '../database/errors.ts';
import { internalError, outcomeUnknown, Refusal, unreadableRequest } from '../errors.ts';

/**
 * Turns any error into what a caller may know about it. Koa and its middleware throw errors with `status` and
 * `expose`; a status below 500 means that the request was wrong. An unknown error becomes a 500 that reveals nothing
 * about the server's internals.
 */
export function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (isUnavailable(error)) return outcomeUnknown(error);
  const { status, expose, message } = error as { status?: number; expose?: boolean; message?: string };
  if (status && status >= 400 && status < 500 && expose) {
    return unreadableRequest(status, message ?? 'The request cannot be read.');
  }
  return internalError(error);
}
