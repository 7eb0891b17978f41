import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { loadKeptSecret } from '../kept-secret.ts';

/** The secret for signing tokens. @throws ConfigurationError as `loadKeptSecret` does */
export const loadJwtSecret = (
  { jwtSecret, dataDirectory }: Pick<Config, 'jwtSecret' | 'dataDirectory'>,
  log: Pick<Logger, 'warn'>,
): Promise<string> =>
  loadKeptSecret(
    { setting: 'JWT_SECRET', file: 'jwt-secret', consequence: 'everybody must then log in again' },
    jwtSecret,
    dataDirectory,
    log,
  );
