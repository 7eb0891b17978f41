import type { Logger } from 'pino';
import type { Config } from '../../config.ts';
import { loadKeptSecret } from '../../kept-secret.ts';

/** The secret from which the key that signs the log follows. @throws ConfigurationError as `loadKeptSecret` does */
export const loadSigningSecret = (
  { signingKey, dataDirectory }: Pick<Config, 'signingKey' | 'dataDirectory'>,
  log: Pick<Logger, 'warn'>,
): Promise<string> =>
  loadKeptSecret(
    { setting: 'SIGNING_KEY', file: 'signing-key', consequence: 'the log is then signed by another key' },
    signingKey,
    dataDirectory,
    log,
  );
