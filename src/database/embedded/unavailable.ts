import type { Diagnosis } from './diagnosis.ts';

/**
 * The embedded engine cannot run on this machine or on this directory. The message is one sentence
 * for the operator and says what to do instead.
 */
export class EmbeddedEngineUnavailable extends Error {
  override readonly name = 'EmbeddedEngineUnavailable';

  /** @param reason what prevents it, or that and what else to do about it than to use a MongoDB server */
  constructor(reason: string | Diagnosis, options?: ErrorOptions) {
    const { reason: why, advice } =
      typeof reason === 'string'
        ? { reason, advice: 'set MONGODB_URI to use a MongoDB server instead' }
        : reason;
    super(`The embedded database cannot start: ${why}; ${advice}.`, options);
  }
}

/** Another process has the directory open. The message names the directory and the process, and says what to do. */
export class EmbeddedDirectoryInUse extends Error {
  override readonly name = 'EmbeddedDirectoryInUse';

  constructor(directory: string, holder: string) {
    super(
      `The database directory ${directory} is already open in ${holder}: ` +
        'stop that server, give this one a DATA_DIR of its own, or set MONGODB_URI.',
    );
  }
}
