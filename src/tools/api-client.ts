import { WebSocket } from 'ws';
import { Problem } from './problem.ts';

/** What the server answered where something else was hoped for. */
export class ApiError extends Problem {
  readonly status: number;
  /** The problem details as received. */
  readonly problem: { code?: string; detail?: string; [key: string]: unknown };

  constructor(request: string, status: number, problem: ApiError['problem']) {
    super(`${request} was answered with ${status} ${problem.code ?? ''}: ${problem.detail ?? ''}`);
    this.status = status;
    this.problem = problem;
  }
}

/** Seconds after which an answer is not waited for any longer. */
const ANSWER_WITHIN_S = 30;

/** No answer came, or none that such a server gives. The message says why, and is followed by what to do. */
export class NoAnswer extends Problem {
  readonly why: string;

  constructor(request: string, why: string) {
    super(
      `${request} got no answer: ${why}. The server has gone away or cannot be reached; start it, and play again.`,
    );
    this.why = why;
  }
}

/** A message from an attempt's live channel. */
export interface LiveMessage {
  type: string;
  data: Record<string, unknown>;
}

/** The server's API as a front end or a recruiter's tool uses it, with one bearer token. */
export class ApiClient {
  readonly url: string;
  readonly #token: string | undefined;

  /** @param url for example `http://127.0.0.1:3000`, without a slash at its end. */
  constructor(url: string, token?: string) {
    this.url = url;
    this.#token = token;
  }

  /** The same server with other credentials. */
  as(token: string | undefined): ApiClient {
    return new ApiClient(this.url, token);
  }

  /** The same credentials at another address. */
  at({ url }: { readonly url: string }): ApiClient {
    return new ApiClient(url, this.#token);
  }

  /** The plain answer, whatever it is. `path` is below `/api/v1`. @throws what `fetch` throws without an answer */
  async send(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
    const headers = new Headers();
    if (this.#token !== undefined) headers.set('authorization', `Bearer ${this.#token}`);
    if (body !== undefined) headers.set('content-type', 'application/json');
    const request = { method, headers, body: JSON.stringify(body) ?? null, signal: signal ?? null };
    return fetch(`${this.url}/api/v1${path}`, request);
  }

  /** The answer's body. @throws ApiError for any status from 400 on; NoAnswer */
  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const request = `${method} ${path} at ${this.url}`;
    const { status, answer } = await this.#ask(method, path, body).catch((error) => {
      throw new NoAnswer(request, whyNoAnswer(error));
    });
    if (status < 400) return answer;
    throw new ApiError(request, status, answer ?? {});
  }

  async #ask(method: string, path: string, body: unknown) {
    const response = await this.send(method, path, body, AbortSignal.timeout(ANSWER_WITHIN_S * 1_000));
    const text = await response.text();
    return { status: response.status, answer: text === '' ? undefined : JSON.parse(text) };
  }

  /** Opens the live channel of an attempt; the socket's messages are for the caller to listen to. */
  watch(attempt_id: string, since?: number): WebSocket {
    const query = new URLSearchParams({ token: this.#token ?? '' });
    if (since !== undefined) query.set('since', String(since));
    return new WebSocket(`${this.url.replace(/^http/, 'ws')}/ws/attempts/${attempt_id}?${query}`);
  }
}

function whyNoAnswer(error: unknown): string {
  if (error instanceof SyntaxError)
    return 'what answers there does not speak JSON, so it is no skill observation server';
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `nothing came within ${ANSWER_WITHIN_S} seconds`;
  // What fetch throws where a connection cannot be made or breaks; the reason is in its cause.
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return 'code' in cause ? String(cause.code) : cause.message;
}
