import { isUnavailable } from '../database/errors.ts';
import { databaseUnavailable, internalError, Refusal, unreadableRequest } from '../errors.ts';

/**
 * Any error as what a caller may know of it. Koa and its middleware throw errors with a `status` and `expose`;
 * those under 500 are about the request. An unknown error becomes a 500 that says nothing of the inside.
 */
export function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (isUnavailable(error)) return databaseUnavailable(error);
  const { status, expose, message } = error as { status?: number; expose?: boolean; message?: string };
  if (status && status >= 400 && status < 500 && expose) {
    return unreadableRequest(status, message ?? 'The request cannot be read.');
  }
  return internalError(error);
}
