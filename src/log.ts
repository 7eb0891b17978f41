import { type DestinationStream, type Logger, pino, type SerializedError } from 'pino';
import { prettyFactory } from 'pino-pretty';

/** Fields that hold secrets or a candidate's words; their values never reach the log. */
const SECRETS = [
  'password',
  'current_password',
  'new_password',
  'password_hash',
  'token',
  'access_token',
  'refresh_token',
  'authorization',
  'text',
  'reasoning_text',
];

/**
 * The last safety net: text that looks like a secret, anywhere in a line. A JSON Web Token, an assessment or
 * refresh token (32 bytes in base64url), a `token` parameter, the password in a connection string.
 */
const LOOKS_SECRET =
  /eyJ[\w-]+\.[\w-]+\.[\w-]*|(?<![\w-])[\w-]{43}(?![\w-])|(?<=[?&]token=)[^\s"&\\]+|(?<=:\/\/[^\s"/@:]*:)[^\s"/@]+(?=@)/g;

/** A database that cannot be reached: the message says it all, and the operator can do nothing with a stack trace. */
const IN_WORDS = /^Mongo(Network(Timeout)?|ServerSelection|PoolCleared(OnNetwork)?|WaitQueueTimeout)Error$/;

/** The part of a database error that quotes the values a unique index found twice. */
const DUPLICATE_VALUES = /dup key: \{.*?\}/g;

/** One readable line, and more only for a stack trace: for somebody at a terminal. */
const readable = prettyFactory({
  colorize: process.stdout.hasColors?.() ?? false,
  singleLine: true,
  translateTime: 'SYS:HH:MM:ss.l',
});

/**
 * The server's log, on standard output unless a `destination` is given: one JSON object per line.
 * @param isForPeople whether the lines are made readable instead
 */
export function createLog(
  level: string,
  destination?: DestinationStream,
  { isForPeople = false }: { isForPeople?: boolean } = {},
): Logger {
  return pino(
    {
      level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: SECRETS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
        censor: '[hidden]',
      },
      serializers: { err: describeError },
      hooks: {
        streamWrite: (line) => {
          const safe = line.replace(LOOKS_SECRET, '[hidden]').replace(DUPLICATE_VALUES, 'dup key: {…}');
          return isForPeople ? readable(safe) : safe;
        },
      },
    },
    destination,
  );
}

/**
 * The parts of an error that are logged, picked field by field: the database driver's errors contain whole
 * documents, and so what a candidate wrote.
 */
function describeError(error: unknown): Omit<SerializedError, 'raw'> {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error), stack: '' };
  const { name, message, stack = '', cause } = error;
  const { code } = error as { code?: unknown };
  return {
    type: name,
    message,
    stack: IN_WORDS.test(name) ? '' : stack,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(cause === undefined ? {} : { cause: describeError(cause) }),
  };
}
