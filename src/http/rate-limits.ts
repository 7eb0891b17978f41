import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import type { Caller } from '../caller.ts';
import { email as emailField, pasted } from '../fields.ts';
import { isStaff } from './access.ts';
import { clientAddress, networkOf } from './client-address.ts';
import type { Context, RequestState } from './context.ts';
import { type Rate, RateLimiter } from './rate-limiter.ts';
import { readJson } from './request.ts';
import type { Step } from './routes.ts';

/** The rate limits. Each step refuses with 429. */
export interface RateLimits {
  login: Step;
  register: Step;
  refresh: Step;
  validate: Step;
  redeem: Step;
  /** For one event. */
  event: Step;
  /** For the events of a batch after its first one, which `event` counts; comes after the step that reads the body. */
  events: Step<{ body: { events: readonly unknown[] } }>;
  /** For one request that only reads. @param key as whom it is counted. @throws Refusal 429 */
  read(caller: Caller | undefined, key: string): Promise<void>;
  /** Counts the answer to a read, because a large one costs as much as many small ones. */
  readAnswered(caller: Caller | undefined, key: string, bytes: number): void;
  /** For a new live connection. @throws Refusal 429 */
  connection(request: IncomingMessage): Promise<void>;
  /** How many messages one live connection may send. */
  messages: Rate;
}

/**
 * The limits per address are generous, because a whole class of candidates may share one address; the limits per
 * account are what one person needs. Note that somebody who keeps guessing an account's password shuts out its owner
 * for that time.
 */
const ROUTES = {
  login: { address: { points: 30, seconds: 60 }, account: { points: 10, seconds: 60 } },
  register: { address: { points: 60, seconds: 600 }, account: { points: 10, seconds: 600 } },
  refresh: { address: { points: 120, seconds: 60 }, account: { points: 20, seconds: 60 } },
  validate: { address: { points: 120, seconds: 60 }, account: { points: 60, seconds: 60 } },
  redeem: { address: { points: 120, seconds: 60 }, account: { points: 60, seconds: 60 } },
};
/** 50 events a second on average, with bursts of up to 200. */
const EVENTS: Rate = { points: 200, seconds: 4 };
/**
 * 50 reads a second on average, for staff 100, because tools read for them; an answer counts once more for each full
 * `READ_BYTES`. How many are answered at once is bounded by `turns.ts`.
 */
const READS: Rate = { points: 600, seconds: 12 };
const STAFF_READS: Rate = { points: 6000, seconds: 60 };
const READ_BYTES = 32 * 1024;
const CONNECTIONS: Rate = { points: 240, seconds: 60 };
const MESSAGES: Rate = { points: 100, seconds: 10 };

/** @param trustedProxies how many proxies are in front of the server, see `clientAddress` */
export function createRateLimits({
  rateLimits,
  trustedProxies,
}: {
  rateLimits: boolean;
  trustedProxies: number;
}): RateLimits {
  if (!rateLimits) return unlimited;
  const addressOf = (request: IncomingMessage) => networkOf(clientAddress(request, trustedProxies));
  const step = (rates: { address: Rate; account: Rate }): Step => {
    const addresses = new RateLimiter(rates.address);
    const accounts = new RateLimiter(rates.account);
    return async (ctx, next) => {
      // The address first, because it is known at once; for the account the body must be read.
      await addresses.take(addressOf(ctx.req));
      for (const account of await accountKeys(ctx)) await accounts.take(account);
      await next();
    };
  };
  const eventLimiter = new RateLimiter(EVENTS);
  const takeEvents = async ({ caller }: RequestState, count: number) => {
    // Requests without a caller are refused by a later step.
    if (!caller || count === 0) return;
    await eventLimiter.take(caller.kind === 'attempt' ? caller.attempt_id : caller.user_id, count);
  };
  const [reads, staffReads] = [new RateLimiter(READS), new RateLimiter(STAFF_READS)];
  const readsOf = (caller: Caller | undefined) => (caller && isStaff(caller) ? staffReads : reads);
  const connections = new RateLimiter(CONNECTIONS);
  return {
    login: step(ROUTES.login),
    register: step(ROUTES.register),
    refresh: step(ROUTES.refresh),
    validate: step(ROUTES.validate),
    redeem: step(ROUTES.redeem),
    event: async (ctx, next) => {
      await takeEvents(ctx.state, 1);
      await next();
    },
    events: async (ctx, next) => {
      await takeEvents(ctx.state, ctx.state.body.events.length - 1);
      await next();
    },
    read: (caller, key) => readsOf(caller).take(key),
    readAnswered: (caller, key, bytes) => {
      if (bytes < READ_BYTES) return;
      // If this is too much, the next read is refused.
      const points = Math.floor(bytes / READ_BYTES);
      void readsOf(caller)
        .take(key, points)
        .catch(() => undefined);
    },
    connection: (request) => connections.take(addressOf(request)),
    messages: MESSAGES,
  };
}

const pass: Step = (_ctx, next) => next();
const unlimited: RateLimits = {
  login: pass,
  register: pass,
  refresh: pass,
  validate: pass,
  redeem: pass,
  event: pass,
  events: pass,
  read: async () => undefined,
  readAnswered: () => undefined,
  connection: async () => undefined,
  messages: { points: Number.POSITIVE_INFINITY, seconds: 1 },
};

/** Secrets that are longer are refused anyway. */
const secret = pasted(256);

/** A field as its route reads it, so that nobody gets around a limit by writing it in another way. */
const normalized = (field: z.ZodType<string>, value: unknown): string | undefined =>
  field.safeParse(value).data;

/**
 * Everything in a request that identifies an account: the caller, the e-mail address of a log-in, the secret that is
 * presented. Each is counted, so adding one cannot hide another. They are hashed, so that keys are short and no
 * secret stays in memory.
 * @throws Refusal as `readJson` does
 */
async function accountKeys(ctx: Context): Promise<string[]> {
  const body: unknown = ctx.method === 'POST' ? await readJson(ctx) : {};
  const fields = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const { email, token, refresh_token } = fields;
  const meant = [
    ctx.state.caller?.user_id,
    normalized(emailField, email),
    normalized(secret, token),
    normalized(secret, refresh_token),
    normalized(secret, ctx.params['token']),
  ];
  return meant
    .filter((value) => value !== undefined)
    .map((value) => createHash('sha256').update(value).digest('base64url'));
}
