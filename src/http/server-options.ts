import type { ServerOptions } from 'node:http';
import type { Duplex } from 'node:stream';
import { headersTooLarge, malformedRequest, type Refusal, requestTimeout } from '../errors.ts';
import { rawProblem } from './raw-response.ts';

/** Deadlines in milliseconds, so that nobody holds connections open by sending slowly. */
export const SERVER_OPTIONS: ServerOptions = {
  /** All headers of a request must have arrived. */
  headersTimeout: 10_000,
  /** The whole request must have arrived. */
  requestTimeout: 30_000,
  /** How often the two above are looked at. */
  connectionsCheckingInterval: 2_000,
  /** Longer than proxies keep their idle connections (60 s mostly), so that none is cut while it is used. */
  keepAliveTimeout: 75_000,
};

/**
 * Answers what is no HTTP request, or arrived too slowly or with too long headers, and ends the connection.
 * For a server's `clientError` event.
 */
export function answerBrokenRequest(error: NodeJS.ErrnoException, connection: Duplex): void {
  if (!connection.writable || error.code === 'ECONNRESET') {
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
      return malformedRequest('This is no HTTP request that can be read.');
  }
}
