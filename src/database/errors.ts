import {
  MongoBulkWriteError,
  MongoClientClosedError,
  MongoError,
  MongoErrorLabel,
  MongoExpiredSessionError,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoServerError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
  MongoWriteConcernError,
} from 'mongodb';
import { NoAnswer } from './answered.ts';

export const DUPLICATE_KEY = 11_000;
const COMMAND_NOT_FOUND = 59;
const NAMESPACE_EXISTS = 48;

const hasCode = (error: unknown, code: number): boolean =>
  error instanceof MongoServerError && error.code === code;

/** Whether a unique index refused the write. */
export const isDuplicateKey = (error: unknown): boolean => hasCode(error, DUPLICATE_KEY);
/** Whether the server does not know the command. */
export const isUnknownCommand = (error: unknown): boolean => hasCode(error, COMMAND_NOT_FOUND);
/** Whether the collection already exists. */
export const isExistingCollection = (error: unknown): boolean => hasCode(error, NAMESPACE_EXISTS);

const AWAY = [
  MongoNetworkError,
  MongoServerSelectionError,
  MongoNotConnectedError,
  MongoTopologyClosedError,
  MongoClientClosedError,
  MongoExpiredSessionError,
  MongoWriteConcernError,
];

/**
 * Error codes of a replica set member that is not primary or no longer primary, and of a server that is shutting down.
 * Reads have no error label for that. The last code (50) means that the server gave up a read that took too long.
 */
const AWAY_CODES: readonly unknown[] = [10107, 11602, 189, 13435, 13436, 91, 11600, 50];

/**
 * The cause of a failed bulk write. The driver wraps even a lost connection in `MongoBulkWriteError`, which otherwise
 * means that the server has judged each document.
 */
function unwrapBulkWrite(error: unknown): unknown {
  const wrapped: unknown = error instanceof MongoBulkWriteError ? error.errorResponse : undefined;
  return wrapped instanceof Error ? wrapped : error;
}

/**
 * Whether the database was away or shutting down, so that the same request may succeed later. It is then unknown
 * whether a write was carried out.
 */
export function isUnavailable(thrown: unknown): boolean {
  const error = unwrapBulkWrite(thrown);
  if (isLostConnection(error) || error instanceof NoAnswer) return true;
  if (!(error instanceof MongoError)) return false;
  if (AWAY.some((type) => error instanceof type)) return true;
  if (error instanceof MongoServerError && AWAY_CODES.includes(error.code)) return true;
  // The driver does not export the error classes of connection pools.
  if (['MongoPoolClearedError', 'MongoPoolClosedError', 'MongoWaitQueueTimeoutError'].includes(error.name))
    return true;
  if (error instanceof MongoBulkWriteError && error.result.getWriteConcernError()) return true;
  return error.hasErrorLabel(MongoErrorLabel.RetryableWriteError);
}

/** The driver passes on some system errors unchanged, for example those of a write to a closed socket. */
function isLostConnection(error: unknown): boolean {
  const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  return syscall === 'write' && (code === 'EPIPE' || code === 'ECONNRESET');
}
