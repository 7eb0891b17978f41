import { type Logger, pino } from 'pino';

/** Names of fields that hold secrets or a candidate's words; their values never reach the log. */
const SECRETS = [
  'password',
  'token',
  'access_token',
  'refresh_token',
  'authorization',
  'text',
  'reasoning_text',
];

/** The server's log: one JSON object a line on standard output. */
export function createLog(level: string): Logger {
  return pino({
    level,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: SECRETS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), censor: '[hidden]' },
  });
}
