/** Why the server closes a socket (RFC 6455 leaves 4000 to 4999 to applications). */
export const CLOSE = {
  /** The server is shutting down; connect again with `since`. */
  serviceRestart: 1012,
  internalError: 1011,
  badRequest: 4400,
  notAuthenticated: 4401,
  forbidden: 4403,
  notFound: 4404,
  /** The reader fell too far behind; connect again with `since`. */
  tooSlow: 4408,
  /** Too many sockets or messages. */
  tooMany: 4429,
  tryAgainLater: 1013,
} as const;

/** The close code that corresponds to a refusal's HTTP status. */
export function closeCodeOf(status: number): number {
  switch (status) {
    case 401:
      return CLOSE.notAuthenticated;
    case 403:
      return CLOSE.forbidden;
    case 404:
      return CLOSE.notFound;
    case 429:
      return CLOSE.tooMany;
    case 503:
      return CLOSE.tryAgainLater;
    default:
      return status < 500 ? CLOSE.badRequest : CLOSE.internalError;
  }
}
