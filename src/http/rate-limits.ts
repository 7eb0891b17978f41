import type { IncomingMessage } from 'node:http';
import type { Caller } from '../caller.ts';
import { Refusal } from '../errors.ts';
import { isStaff } from './access.ts';
import type { Rate } from './bounded-counters.ts';
import { type ClientAddresses, SITE_FACTOR } from './client-address.ts';
import type { RequestState } from './context.ts';
import { FailureDelays, type FailureRate, refuseEarly } from './failure-delays.ts';
import { RateLimiter } from './rate-limiter.ts';
import type { Step } from './routes.ts';
import { type GuessRates, SecretGuesses } from './secret-guesses.ts';

/** The rate limits. Each step refuses with 429. Log-ins have limits of their own, see `LogInDelays`. */
export interface RateLimits {
  /** For requests of people whom the server does not know yet, right or wrong. */
  volume: Step;
  /** For a registration, which tells whether an address has an account. */
  register: Step<{ body: { email: string } }>;
  /** These look a secret up, so they come after the step that reads the body. */
  refresh: Step<{ body: { refresh_token: string } }>;
  validate: Step;
  redeem: Step<{ body: { token: string } }>;
  /**
   * For what a candidate finds by its id: somebody who tries ids is slowed down, and nobody else.
   * @throws Refusal 429; whatever `lookUp` throws
   */
  findById<T>(caller: Caller | undefined, lookUp: () => Promise<T>): Promise<T>;
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
 * Requests and connections of one network, right or wrong: a class of 300 behind one address redeems and connects at
 * once, several times over. This only keeps one network from occupying the server.
 */
const VOLUME: Rate = { points: 3000, seconds: 60 };

/** New accounts of one network, each of which costs a hash and stays in the database. */
const REGISTRATIONS: Rate = { points: 600, seconds: 600 };

/** See `SecretGuesses`. */
const SECRETS: GuessRates = {
  network: { free: 300, seconds: 600, firstDelaySeconds: 10, maxDelaySeconds: 60 },
  secret: { free: 60, seconds: 60, firstDelaySeconds: 10, maxDelaySeconds: 60 },
  everybody: { free: 20_000, seconds: 3600, firstDelaySeconds: 1, maxDelaySeconds: 1 },
};
/**
 * Ids of attempts are no secrets, but 40 of their bits are random, and the answer to a wrong one is that to somebody
 * else's. A candidate's account can try 60 in 10 minutes and then one a minute, 9 000 a day; making more accounts is
 * limited, too. The token of one attempt names it, so it cannot be used to try others. Staff may read every attempt.
 */
const IDS: FailureRate = { free: 60, seconds: 600, firstDelaySeconds: 10, maxDelaySeconds: 60 };
/**
 * Who asks which addresses have accounts learns it of 3 800 a day from one network. Addresses are no random secrets, so
 * there is no figure above which this is safe; it only makes collecting them slow.
 */
const TAKEN_ADDRESSES: GuessRates = {
  network: { free: 100, seconds: 3600, firstDelaySeconds: 1, maxDelaySeconds: 60 },
  secret: { free: 10, seconds: 600, firstDelaySeconds: 10, maxDelaySeconds: 60 },
  everybody: { free: 20_000, seconds: 3600, firstDelaySeconds: 1, maxDelaySeconds: 1 },
};

/** 50 events a second on average, with bursts of up to 200. */
const EVENTS: Rate = { points: 200, seconds: 4 };
/**
 * 50 reads a second on average, for staff 100, because tools read for them; an answer counts once more for each full
 * `READ_BYTES`. How many are answered at once is bounded by `caller-turns.ts`.
 */
const READS: Rate = { points: 600, seconds: 12 };
const STAFF_READS: Rate = { points: 6000, seconds: 60 };
const READ_BYTES = 32 * 1024;
const MESSAGES: Rate = { points: 100, seconds: 10 };

/** @param addresses who sent a request */
export function createRateLimits(
  { rateLimits }: { rateLimits: boolean },
  addresses: ClientAddresses,
): RateLimits {
  if (!rateLimits) return unlimited;
  const takeVolume = perNetwork(VOLUME, addresses);
  const takeConnection = perNetwork(VOLUME, addresses);
  const takeRegistration = perNetwork(REGISTRATIONS, addresses);
  const tokens = new SecretGuesses('assessment tokens', SECRETS, {
    isGuess: ({ code }) => code === 'not_found',
    isMisuse: ({ code }) => code === 'token_used',
  });
  const refreshTokens = new SecretGuesses('refresh tokens', SECRETS, {
    isGuess: ({ status }) => status === 401,
  });
  const accounts = new SecretGuesses('e-mail addresses', TAKEN_ADDRESSES, {
    isGuess: ({ code }) => code === 'email_taken',
  });
  const ids = new FailureDelays(IDS);
  const eventLimiter = new RateLimiter(EVENTS);
  const takeEvents = async ({ caller }: RequestState, count: number) => {
    // Requests without a caller are refused by a later step.
    if (!caller || count === 0) return;
    await eventLimiter.take(caller.kind === 'attempt' ? caller.attempt_id : caller.user_id, count);
  };
  const networks = ({ req }: { req: IncomingMessage }) => addresses.clientOf(req).networks;
  const [reads, staffReads] = [new RateLimiter(READS), new RateLimiter(STAFF_READS)];
  const readsOf = (caller: Caller | undefined) => (caller && isStaff(caller) ? staffReads : reads);
  return {
    volume: async (ctx, next) => {
      await takeVolume(ctx.req);
      await next();
    },
    register: async (ctx, next) => {
      await takeRegistration(ctx.req);
      await accounts.run({ networks: networks(ctx), secret: ctx.state.body.email }, next);
    },
    refresh: (ctx, next) =>
      refreshTokens.run({ networks: networks(ctx), secret: ctx.state.body.refresh_token }, next),
    validate: (ctx, next) =>
      tokens.run({ networks: networks(ctx), secret: (ctx.params['token'] ?? '').trim() }, next),
    redeem: (ctx, next) => tokens.run({ networks: networks(ctx), secret: ctx.state.body.token }, next),
    findById: async (caller, lookUp) => {
      if (caller?.kind !== 'account' || caller.role !== 'candidate') return lookUp();
      const { user_id } = caller;
      refuseEarly(await ids.secondsLeft(user_id), 'ids');
      try {
        return await lookUp();
      } catch (error) {
        if (error instanceof Refusal && [403, 404].includes(error.status)) await ids.countFailure(user_id);
        throw error;
      }
    },
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
    connection: takeConnection,
    messages: MESSAGES,
  };
}

/** @returns a function that throws Refusal 429 if the sender's network sends too much */
function perNetwork(rate: Rate, addresses: ClientAddresses): (request: IncomingMessage) => Promise<void> {
  const networks = new RateLimiter(rate);
  const sites = new RateLimiter({ ...rate, points: rate.points * SITE_FACTOR });
  return async (request) => {
    const [network = '', site] = addresses.clientOf(request).networks;
    await networks.take(network);
    if (site !== undefined) await sites.take(site);
  };
}

const pass: Step = (_ctx, next) => next();
const unlimited: RateLimits = {
  volume: pass,
  register: pass,
  refresh: pass,
  validate: pass,
  redeem: pass,
  findById: (_caller, lookUp) => lookUp(),
  event: pass,
  events: pass,
  read: async () => undefined,
  readAnswered: () => undefined,
  connection: async () => undefined,
  messages: { points: Number.POSITIVE_INFINITY, seconds: 1 },
};
