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

  /** The plain answer, whatever it is. `path` is below `/api/v1`. */
  async send(method: string, path: string, body?: unknown): Promise<Response> {
    const headers = new Headers();
    if (this.#token !== undefined) headers.set('authorization', `Bearer ${this.#token}`);
    if (body !== undefined) headers.set('content-type', 'application/json');
    return fetch(`${this.url}/api/v1${path}`, { method, headers, body: JSON.stringify(body) ?? null });
  }

  /** The answer's body. @throws ApiError for any status from 400 on. */
  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await this.send(method, path, body);
    const text = await response.text();
    const answer = text === '' ? undefined : JSON.parse(text);
    if (response.status < 400) return answer as T;
    throw new ApiError(`${method} ${path} at ${this.url}`, response.status, answer ?? {});
  }

  /** Opens the live channel of an attempt; the socket's messages are for the caller to listen to. */
  watch(attempt_id: string, since?: number): WebSocket {
    const query = new URLSearchParams({ token: this.#token ?? '' });
    if (since !== undefined) query.set('since', String(since));
    return new WebSocket(`${this.url.replace(/^http/, 'ws')}/ws/attempts/${attempt_id}?${query}`);
  }
}
