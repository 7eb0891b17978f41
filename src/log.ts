import { type DestinationStream, type Logger, pino, type SerializedError } from 'pino';

/** Names of fields that hold secrets or a candidate's words; their values never reach the log. */
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
 * What looks like a secret wherever it stands, as the last net: a JSON Web Token, an assessment or refresh token
 * (32 bytes in base64url), a `token` parameter, the password in a connection string.
 */
const LOOKS_SECRET =
  /eyJ[\w-]+\.[\w-]+\.[\w-]*|(?<![\w-])[\w-]{43}(?![\w-])|(?<=[?&]token=)[^\s"&\\]+|(?<=:\/\/[^\s"/@:]*:)[^\s"/@]+(?=@)/g;

/** How the database names the values that a unique index found twice. */
const FOUND_TWICE = /dup key: \{.*?\}/g;

/** The server's log: one JSON object a line, on standard output unless `destination` says otherwise. */
export function createLog(level: string, destination?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: SECRETS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
        censor: '[hidden]',
      },
      serializers: { err: loggedError },
      hooks: {
        streamWrite: (line) => line.replace(LOOKS_SECRET, '[hidden]').replace(FOUND_TWICE, 'dup key: {…}'),
      },
    },
    destination,
  );
}

/**
 * What is logged of an error, field by field: those of the database driver carry whole documents, and with them
 * what a candidate wrote.
 */
function loggedError(error: unknown): Omit<SerializedError, 'raw'> {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error), stack: '' };
  const { name, message, stack = '', cause } = error;
  const { code } = error as { code?: unknown };
  return {
    type: name,
    message,
    stack,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(cause === undefined ? {} : { cause: loggedError(cause) }),
  };
}
