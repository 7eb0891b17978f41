import { EmbeddedEngineUnavailable } from '../../database/embedded/unavailable.ts';
import { ApiError } from '../api-client.ts';

/** Something the user can mend; the message says how. */
export class DemoProblem extends Error {
  override readonly name = 'DemoProblem';
}

/** What a person at the terminal reads of an error: one line where it can be mended, else all of it. */
export function readable(error: unknown, url: string | undefined): string {
  if (error instanceof DemoProblem) return error.message;
  if (error instanceof ApiError) return `The server at ${url} refused: ${error.message}`;
  if (error instanceof EmbeddedEngineUnavailable) {
    return `${error.message} The demo uses that on a running server: npm run demo -- --server URL`;
  }
  // What fetch throws where there is no connection; the reason is in its cause.
  if (error instanceof TypeError && error.message === 'fetch failed') {
    return `No server answers at ${url} (${reasonOf(error.cause)}). Start one with "npm start", or leave --server out.`;
  }
  if (error instanceof SyntaxError) {
    return `What answers at ${url} does not speak JSON, so it is no skill observation server. Check --server.`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'no connection';
  return 'code' in cause ? String(cause.code) : cause.message;
}
