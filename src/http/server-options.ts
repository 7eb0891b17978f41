import type { Server, ServerOptions } from 'node:http';
import type { Duplex } from 'node:stream';
import { headersTooLarge, malformedRequest, type Refusal, requestTimeout } from '../errors.ts';
import { rawProblem } from './raw-response.ts';

/** Deadlines in milliseconds, so that nobody can hold connections open by sending slowly. */
export const SERVER_OPTIONS: ServerOptions = {
  /** For all headers of a request to arrive. */
  headersTimeout: 10_000,
  /** For the whole request to arrive. */
  requestTimeout: 30_000,
  /** How often the two deadlines above are checked. */
  connectionsCheckingInterval: 2_000,
  /** Longer than proxies keep idle connections (usually 60 s), so that no connection is cut while in use. */
  keepAliveTimeout: 75_000,
};

/**
 * Milliseconds after which a connection is cut on which nothing moves while a request or its answer is under way. A slow
 * reader goes on as long as the operating system gets rid of any byte in that time.
 */
const STALLED_MS = 30_000;
/** Connections at once, about 10 KB each. */
const MAX_CONNECTIONS = 10_000;

/** Bounds how long and how many connections may be open, and answers requests that are broken. */
export function guardConnections(
  server: Server,
  { stalledMs = STALLED_MS, maxConnections = MAX_CONNECTIONS } = {},
): void {
  server.setTimeout(stalledMs);
  server.maxConnections = maxConnections;
  // Connections without a request, which everybody can keep, make room for those with one.
  server.on('drop', () => server.closeIdleConnections());
  server.on('clientError', answerBrokenRequest);
}

/**
 * Answers a request that is not valid HTTP, arrived too slowly or has too large headers, and ends the connection. If an
 * earlier answer still waits there, nobody would read this one.
 */
function answerBrokenRequest(error: NodeJS.ErrnoException, connection: Duplex): void {
  if (!connection.writable || connection.writableLength > 0 || error.code === 'ECONNRESET') {
    connection.destroy();
    return;
  }
  connection.end(rawProblem(refusalOf(error.code)));
}

function refusalOf(code: string | undefined): Refusal {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return requestTimeout('The request did not arrive in time.');
    case 'HPE_HEADER_OVERFLOW':
      return headersTooLarge('The headers are too large.');
    default:
      return malformedRequest('This is not a valid HTTP request.');
  }
}
