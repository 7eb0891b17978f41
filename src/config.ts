import { z } from 'zod';
import { email, origin } from './fields.ts';
import { plainly } from './plain-messages.ts';

const wholeNumber = (least: number, most: number, fallback: number) => {
  const error = `must be a whole number from ${least} to ${most}`;
  return z.coerce
    .number({ error })
    .int({ error })
    .min(least, { error })
    .max(most, { error })
    .default(fallback);
};
const seconds = (fallback: number) => wholeNumber(1, 31_536_000, fallback);
const onOff = (fallback: 'on' | 'off') => z.enum(['on', 'off']).default(fallback);

const secret = z.string().refine((value) => Buffer.byteLength(value) >= 32, 'must be at least 32 bytes long');

const environment = z
  .object({
    NODE_ENV: z
      .enum(['development', 'test', 'production'], 'must be development, test or production')
      .default('development'),
    PORT: wholeNumber(0, 65_535, 3000),
    HOST: z.string().min(1).optional(),
    MONGODB_URI: z
      .string()
      .regex(/^mongodb(\+srv)?:\/\//, 'must begin with mongodb:// or mongodb+srv://')
      .optional(),
    MONGODB_DATABASE: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,63}$/, 'may contain only letters, digits, _ and -')
      .default('skill_observation'),
    DATA_DIR: z.string().min(1).default('./data'),
    JWT_SECRET: secret.optional(),
    SIGNING_KEY: secret.optional(),
    ADMIN_EMAIL: email.optional(),
    ADMIN_PASSWORD: z.string().min(12, 'must be at least 12 characters long').optional(),
    TOKEN_TTL_SECONDS: seconds(604_800),
    ATTEMPT_TTL_SECONDS: seconds(259_200),
    TOKENS_PER_DAY: wholeNumber(1, 10_000_000, 10_000),
    TOKENS_OF_DEACTIVATED: z.enum(['stop', 'keep']).default('stop'),
    SESSION_IDLE_SECONDS: seconds(120),
    MAX_SESSIONS: wholeNumber(1, 10_000_000, 50_000),
    CLIENT_CLOCK: z.enum(['strict', 'corrected']).default('strict'),
    RATE_LIMITS: onOff('on'),
    TRUST_PROXY: wholeNumber(0, 10, 0),
    CORS_ORIGINS: z.string().default(''),
    METRICS_TOKEN: z.string().min(16, 'must be at least 16 characters long').optional(),
    LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  })
  .superRefine((env, context) => {
    const problem = (variable: string, message: string) =>
      context.addIssue({ code: 'custom', path: [variable], message });
    for (const name of ['JWT_SECRET', 'SIGNING_KEY'] as const) {
      if (env.NODE_ENV === 'production' && !env[name]) {
        problem(name, 'must be set in production to at least 32 random bytes');
      }
    }
    if (!env.ADMIN_EMAIL !== !env.ADMIN_PASSWORD) {
      problem(
        env.ADMIN_EMAIL ? 'ADMIN_PASSWORD' : 'ADMIN_EMAIL',
        'ADMIN_EMAIL and ADMIN_PASSWORD must be set together',
      );
    }
    for (const each of originsOf(env.CORS_ORIGINS)) {
      for (const { message } of origin.safeParse(each).error?.issues ?? []) problem('CORS_ORIGINS', message);
    }
  });

/** All settings, parsed once at start-up. Times are in seconds. */
export interface Config {
  production: boolean;
  port: number;
  host: string;
  /** Absent: use the embedded engine, with its files under `dataDirectory`. */
  mongodbUri: string | undefined;
  mongodbDatabase: string;
  dataDirectory: string;
  /** May be absent outside production: one is then generated and kept under `dataDirectory`. */
  jwtSecret: string | undefined;
  /** As `jwtSecret`; the key that signs the public log follows from it. */
  signingKey: string | undefined;
  firstAdmin: { email: string; password: string } | undefined;
  tokenTtlSeconds: number;
  attemptTtlSeconds: number;
  /** How many tokens one account may issue in 24 hours. */
  tokensPerDay: number;
  /** Whether unredeemed tokens stay valid when their issuer's account is deactivated. */
  keepsTokensOfDeactivated: boolean;
  /** How long an unused session stays in memory; it is reloaded from the journal when needed. */
  sessionIdleSeconds: number;
  /** Sessions kept in memory; beyond this number the least recently used ones go early. */
  maxSessions: number;
  /** Whether a constant difference of a front end's clock is taken off before an event's time is judged. */
  correctsClientClocks: boolean;
  rateLimits: boolean;
  /** How many proxies in front of the server append to `X-Forwarded-For`; with 0 the header is ignored. */
  trustedProxies: number;
  corsOrigins: string[];
  /** What Prometheus shows to read `/metrics`. Absent: outside production programs on this computer may read it. */
  metricsToken: string | undefined;
  logLevel: string;
}

/** Some settings are invalid; `message` has one line for each. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/**
 * Reads the settings from environment variables. An empty variable counts as absent.
 * @throws ConfigurationError naming every wrong variable and what it should be.
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(given, { error: plainly });
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new ConfigurationError(lines.join('\n'));
  }
  const settings = parsed.data;
  const production = settings.NODE_ENV === 'production';
  return {
    production,
    port: settings.PORT,
    host: settings.HOST ?? (production ? '0.0.0.0' : '127.0.0.1'),
    mongodbUri: settings.MONGODB_URI,
    mongodbDatabase: settings.MONGODB_DATABASE,
    dataDirectory: settings.DATA_DIR,
    jwtSecret: settings.JWT_SECRET,
    signingKey: settings.SIGNING_KEY,
    firstAdmin:
      settings.ADMIN_EMAIL && settings.ADMIN_PASSWORD
        ? { email: settings.ADMIN_EMAIL, password: settings.ADMIN_PASSWORD }
        : undefined,
    tokenTtlSeconds: settings.TOKEN_TTL_SECONDS,
    attemptTtlSeconds: settings.ATTEMPT_TTL_SECONDS,
    tokensPerDay: settings.TOKENS_PER_DAY,
    keepsTokensOfDeactivated: settings.TOKENS_OF_DEACTIVATED === 'keep',
    sessionIdleSeconds: settings.SESSION_IDLE_SECONDS,
    maxSessions: settings.MAX_SESSIONS,
    correctsClientClocks: settings.CLIENT_CLOCK === 'corrected',
    rateLimits: settings.RATE_LIMITS === 'on',
    trustedProxies: settings.TRUST_PROXY,
    corsOrigins: originsOf(settings.CORS_ORIGINS),
    metricsToken: settings.METRICS_TOKEN,
    logLevel: settings.LOG_LEVEL,
  };
}

function originsOf(list: string): string[] {
  return list
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}
