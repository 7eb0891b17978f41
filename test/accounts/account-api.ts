import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import { pino } from 'pino';
import { refreshTokens, users } from '../../src/accounts/collections.ts';
import { type Accounts, createAccounts } from '../../src/accounts/create-accounts.ts';
import { TokenSigner } from '../../src/accounts/jwt.ts';
import { KnownPlaces } from '../../src/accounts/known-places.ts';
import { noDelays, type PasswordDelays } from '../../src/accounts/log-in-delays.ts';
import { RefreshTokens } from '../../src/accounts/refresh-tokens.ts';
import { accountRoutes } from '../../src/accounts/routes.ts';
import { UserStore } from '../../src/accounts/user-store.ts';
import { Audit } from '../../src/audit/audit.ts';
import { AuditLogStore } from '../../src/audit/audit-log-store.ts';
import { auditLog } from '../../src/audit/collection.ts';
import { auditRoutes } from '../../src/audit/routes.ts';
import type { Role } from '../../src/caller.ts';
import type { Database } from '../../src/database/connection.ts';
import { authenticate } from '../../src/http/authenticate.ts';
import { ClientAddresses } from '../../src/http/client-address.ts';
import type { RequestState } from '../../src/http/context.ts';
import { problemDetails } from '../../src/http/problem-details.ts';
import { createRateLimits, type RateLimits } from '../../src/http/rate-limits.ts';
import { PASSWORD } from '../support/accounts.ts';
import { atTheEnd } from '../support/at-the-end.ts';
import { openTestDatabase } from '../support/database.ts';

const SECRET = 'a secret for tests of more than 32 bytes';

const log = pino({ level: 'silent' });
/** Clients tell their addresses themselves. */
const clients = new ClientAddresses(1, log);
const unlimited = createRateLimits({ rateLimits: false }, clients);

export interface Answer {
  status: number;
  body: Record<string, unknown> & { errors?: { path: string; message: string }[] };
  headers: Headers;
}

/** Accounts over real HTTP with their own database. */
export interface AccountApi extends Accounts {
  database: Database;
  post(path: string, body: unknown, token?: string, address?: string): Promise<Answer>;
  get(path: string, token?: string): Promise<Answer>;
  /** Registers a candidate; an account with another role is created as the first administrator is. */
  signIn(email: string, role?: Role): Promise<{ user_id: string; access: string; refresh: string }>;
}

/** What a test has differently. */
interface Given {
  limits?: Partial<RateLimits>;
  delays?: PasswordDelays;
  /** Of another server that shares it. */
  database?: Database;
}

export async function openAccountApi(given: Given = {}): Promise<AccountApi> {
  const { limits, delays = noDelays, database = await openTestDatabase() } = given;
  const audit = new Audit(new AuditLogStore(database.collection(auditLog)), log);
  const userStore = new UserStore(database.collection(users));
  const accounts = createAccounts(
    userStore,
    new RefreshTokens(database.collection(refreshTokens)),
    new TokenSigner(SECRET),
    () => 0,
    delays,
    new KnownPlaces(userStore, SECRET),
  );

  const app = new Koa<RequestState>();
  app.use(problemDetails(log));
  app.use(authenticate(accounts.identify));
  app.use(accountRoutes({ accounts, audit, clients, limits: { ...unlimited, ...limits } }).routes());
  app.use(auditRoutes({ audit }).routes());
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atTheEnd(() => server.close());
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`;

  const send = async (path: string, init: RequestInit, token?: string, address?: string): Promise<Answer> => {
    const headers = {
      'content-type': 'application/json',
      ...(token && { authorization: `Bearer ${token}` }),
      ...(address && { 'x-forwarded-for': address }),
    };
    const response = await fetch(base + path, { ...init, headers });
    const text = await response.text();
    return {
      status: response.status,
      body: text ? (JSON.parse(text) as Answer['body']) : {},
      headers: response.headers,
    };
  };
  const post = (path: string, body: unknown, token?: string, address?: string) =>
    send(path, { method: 'POST', body: JSON.stringify(body) }, token, address);

  return {
    ...accounts,
    database,
    post,
    get: (path, token) => send(path, { method: 'GET' }, token),
    async signIn(email, role = 'candidate') {
      const { body } = await post('/auth/register', { email, password: PASSWORD });
      const user_id = (body['user'] as { user_id: string }).user_id;
      if (role !== 'candidate') {
        await database.db.collection('users').updateOne({ email }, { $set: { role } });
      }
      return { user_id, access: String(body['access_token']), refresh: String(body['refresh_token']) };
    },
  };
}
