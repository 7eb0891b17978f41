/** Somebody has to log in before the page can show anything. */
export class LogInNeeded extends Error {}

/** The server refused; `message` is its own explanation. */
export class Refused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

interface Tokens {
  access_token: string;
  /** Absent for a pass, which is asked for again instead. */
  refresh_token?: string;
}

/** Where a reload finds the tokens and the key again; the tab's end ends them. */
const TOKENS = 'machines.tokens';
const KEY = 'machines.key';

/**
 * The server's API with whatever lets this page in: a log-in, or a pass for the key in the link that the server printed.
 * Addresses are relative to the page's own, because a proxy may have put the server under a path.
 */
export class Api {
  #key: string | undefined;
  #tokens: Tokens | undefined;
  #renewing: Promise<void> | undefined;

  constructor() {
    this.#key = sessionStorage.getItem(KEY) ?? undefined;
    const kept = sessionStorage.getItem(TOKENS);
    this.#tokens = kept ? (JSON.parse(kept) as Tokens) : undefined;
  }

  /** Keeps the key of the link that the server printed. */
  useKey(key: string): void {
    this.#key = key;
    sessionStorage.setItem(KEY, key);
  }

  /** Whether there is a log-in that can be ended. */
  get isLoggedIn(): boolean {
    return this.#tokens?.refresh_token !== undefined;
  }

  /** For the live channel, whose address is the only place where a browser can put it. */
  async token(): Promise<string> {
    if (!this.#tokens) await this.renew();
    return this.#tokens?.access_token ?? '';
  }

  /** @throws LogInNeeded, Refused */
  async get<T>(path: string): Promise<T> {
    return (await (await this.#fetch(path)).json()) as T;
  }

  /** @throws LogInNeeded, Refused */
  async text(path: string): Promise<string> {
    return (await this.#fetch(path)).text();
  }

  /** @throws Refused when address or password is wrong, or the account is not staff's. */
  async logIn(email: string, password: string): Promise<void> {
    const session = await post<Tokens & { user: { role: string } }>('api/v1/auth/login', {
      email,
      password,
    });
    if (session.user.role === 'candidate') throw new Refused(403, 'This page is for staff accounts.');
    this.#keep(session);
  }

  async logOut(): Promise<void> {
    const refresh_token = this.#tokens?.refresh_token;
    this.#keep(undefined);
    if (refresh_token) await post('api/v1/auth/logout', { refresh_token });
  }

  /** Gets a new token in place of one that has run out. @throws LogInNeeded when only a person can. */
  renew(): Promise<void> {
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async #renew(): Promise<void> {
    const refresh_token = this.#tokens?.refresh_token;
    try {
      if (refresh_token) this.#keep(await post<Tokens>('api/v1/auth/refresh', { refresh_token }));
      else if (this.#key) this.#keep(await post<Tokens>('machines/pass', { key: this.#key }));
      else throw new LogInNeeded();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#keep(undefined);
      throw new LogInNeeded();
    }
  }

  async #fetch(path: string): Promise<Response> {
    const ask = async () => fetch(path, { headers: { authorization: `Bearer ${await this.token()}` } });
    let response = await ask();
    if (response.status === 401) {
      await this.renew();
      response = await ask();
    }
    return accepted(response);
  }

  #keep(tokens: Tokens | undefined): void {
    this.#tokens = tokens;
    if (!tokens) sessionStorage.removeItem(TOKENS);
    else {
      const { access_token, refresh_token } = tokens;
      sessionStorage.setItem(TOKENS, JSON.stringify({ access_token, refresh_token }));
    }
  }
}

async function post<T>(path: string, body: object): Promise<T> {
  const headers = { 'content-type': 'application/json' };
  const response = await accepted(await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) }));
  return (response.status === 204 ? undefined : await response.json()) as T;
}

async function accepted(response: Response): Promise<Response> {
  if (response.ok) return response;
  const problem = (await response.json().catch(() => ({}))) as { detail?: string };
  throw new Refused(response.status, problem.detail ?? `The server answered with ${response.status}.`);
}
