/** The server said no, and would say so again. `message` is its explanation. */
export class Refused extends Error {
  override readonly name = 'Refused';
  /** HTTP status. */
  readonly status: number;
  /** Stable, for programs: `sequence_violation`, `attempt_expired` … */
  readonly code: string;
  /** The whole answer; refused events carry `state` and `allowed_events`. */
  readonly problem: Record<string, unknown>;

  /** The server's clock, where an event was refused for its time. */
  get serverTime(): string | undefined {
    return this.problem['server_time'] as string | undefined;
  }

  constructor(status: number, problem: Record<string, unknown>) {
    super(String(problem['detail'] ?? `The server answered ${status}.`));
    this.status = status;
    this.code = String(problem['code'] ?? 'unknown');
    this.problem = problem;
  }
}

/** No answer, or one that asks to try again later. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  /** What the server asked for, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(cause: unknown, retryAfterMs?: number) {
    super('The server did not answer; it is asked again.', { cause });
    this.retryAfterMs = retryAfterMs;
  }
}

export interface Request {
  url: string;
  method: 'GET' | 'POST';
  /** Bearer token. */
  token?: string | undefined;
  /** JSON text. */
  body?: string;
  signal?: AbortSignal;
}

export interface Answer {
  body: Record<string, unknown>;
  /** The server's time in whole seconds, where the browser lets it be seen. */
  date: string | null;
}

/** An answer that takes longer is given up: behind a lost connection there may never be one. */
const TIME_OUT_MS = 30_000;
/** Browsers carry on with up to 64 KiB of requests after a page is left. */
export const KEEPALIVE_BYTES = 48 * 1024;

/** Whether the same request may succeed later; 202 means that the results are being computed. */
export const isPassing = (status: number): boolean =>
  status === 202 || status === 408 || status === 429 || status >= 500;

/** The size of a text in UTF-8. */
export const byteLength = (text: string): number => new TextEncoder().encode(text).length;

/**
 * Sends one request.
 * @throws Refused if the server says no; NoAnswer if the same request may succeed later
 */
export async function send({ url, method, token, body, signal }: Request): Promise<Answer> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), TIME_OUT_MS);
  const stop = () => abort.abort();
  signal?.addEventListener('abort', stop);
  try {
    const headers: Record<string, string> = {};
    if (token) headers['authorization'] = `Bearer ${token}`;
    if (body !== undefined) headers['content-type'] = 'application/json';
    // The browser finishes the request even if the page is left meanwhile.
    const keepalive = body !== undefined && byteLength(body) <= KEEPALIVE_BYTES;
    const response = await fetch(url, {
      method,
      headers,
      body: body ?? null,
      keepalive,
      signal: abort.signal,
      credentials: 'omit',
    });
    const text = await response.text();
    const answer = parse(text);
    const { status, ok } = response;
    // A log-in page of a hotel answers 200, too, but not in JSON.
    if (isPassing(status) || (ok && !answer)) {
      throw new NoAnswer(status, retryAfter(response.headers.get('retry-after')));
    }
    if (!ok || !answer) throw new Refused(status, answer ?? {});
    return { body: answer, date: response.headers.get('date') };
  } catch (error) {
    throw error instanceof Refused || error instanceof NoAnswer ? error : new NoAnswer(error);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}

/** @returns undefined for what is no JSON object: something between here and the server answered in its own words. */
function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function retryAfter(header: string | null): number | undefined {
  const seconds = Number(header ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}
