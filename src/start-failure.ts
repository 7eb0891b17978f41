import { ConfigurationError } from './config.ts';
import { EmbeddedDirectoryInUse, EmbeddedEngineUnavailable } from './database/embedded/unavailable.ts';
import { OUT_OF_DISK_SPACE } from './database/errors.ts';
import { DatabaseRefused } from './database/upgrade/database-refused.ts';

/** Errors whose message says what to do in one sentence. */
const ONE_SENTENCE = [EmbeddedEngineUnavailable, EmbeddedDirectoryInUse, DatabaseRefused];

/** Where the server was told to listen. */
type Listening = { host: string; port: number } | undefined;

/**
 * What to tell the operator about a start that failed: a sentence for whatever can be mended without reading the source,
 * and the whole error for a bug.
 */
export function explainFailure(error: unknown, listening: Listening): string {
  if (error instanceof ConfigurationError) {
    return `The settings are not valid:\n${error.message.replace(/^/gm, '  ')}`;
  }
  if (!(error instanceof Error)) return String(error);
  if (ONE_SENTENCE.some((type) => error instanceof type)) return error.message;
  return explainListening(error, listening) ?? explainDatabase(error) ?? error.stack ?? String(error);
}

function explainListening(error: NodeJS.ErrnoException, listening: Listening): string | undefined {
  if (!listening) return undefined;
  const { host, port } = listening;
  switch (error.syscall === 'listen' || error.syscall === 'getaddrinfo' ? error.code : undefined) {
    case 'EADDRINUSE':
      return `Port ${port} is already in use; set PORT to another one, or to 0 for any free one.`;
    case 'EACCES':
      return `This user may not listen on port ${port}; set PORT to one from 1024 on.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EINVAL':
      return `HOST=${host} is not an address of this computer; set it to one, or to 0.0.0.0 for all.`;
    default:
      return undefined;
  }
}

function explainDatabase(error: Error & { code?: unknown; syscall?: string }): string | undefined {
  // The driver reads the files of `tlsCAFile` and `tlsCertificateKeyFile`.
  if (error.syscall === 'open') return `A file named by the settings cannot be opened: ${error.message}.`;
  if (error.syscall?.startsWith('query') || error.syscall === 'getaddrinfo') {
    return `The host in MONGODB_URI has no address: ${error.message}.`;
  }
  switch (error.name) {
    case 'MongoParseError':
    case 'MongoAPIError':
    case 'MongoInvalidArgumentError':
    case 'MongoMissingCredentialsError':
    case 'MongoRuntimeError':
      return `MONGODB_URI is not valid: ${error.message}.`;
    case 'MongoServerSelectionError':
    case 'MongoNetworkError':
    case 'MongoNetworkTimeoutError':
      return `Nothing answers at MONGODB_URI: ${error.message}`;
    case 'MongoCompatibilityError':
      return `The server at MONGODB_URI is too old; it must be MongoDB 6.0 or later: ${error.message}.`;
    case 'MongoServerError':
      return explainAnswer(error);
    default:
      return undefined;
  }
}

function explainAnswer({ code, message }: { code?: unknown; message: string }): string | undefined {
  switch (code) {
    case OUT_OF_DISK_SPACE:
      return `The database’s disk has too little free space to build an index (${message}); free some and start again.`;
    case 8000: // Atlas
    case 18:
      return `The database refuses the user or password of MONGODB_URI: ${message}.`;
    case 13:
      return `The user of MONGODB_URI needs the right to read and write the database and to make collections and indexes: ${message}.`;
    default:
      return undefined;
  }
}
