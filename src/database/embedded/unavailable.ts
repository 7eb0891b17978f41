/**
 * The embedded engine cannot run on this machine or on this directory. The message is one sentence
 * for the operator and says what to do instead.
 */
export class EmbeddedEngineUnavailable extends Error {
  override readonly name = 'EmbeddedEngineUnavailable';

  constructor(reason: string, options?: ErrorOptions) {
    super(
      `The embedded database cannot start: ${reason}; set MONGODB_URI to use a MongoDB server instead.`,
      options,
    );
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
