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
import { NoAnswer } from './await-answer.ts';

export const DUPLICATE_KEY = 11_000;
/** MongoDB builds no index with less than 500 MB of free space. */
export const OUT_OF_DISK_SPACE = 14_031;
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
 * Error codes of a server that cannot serve a call now but may soon: not primary or no longer primary (10107, 13435,
 * 11602, 189), recovering (13436), shutting down (91, 11600), itself without a connection to others (6, 7, 89, 9001,
 * 134), or out of time (262; 50 for a read that took too long). Reads have no error label for that.
 */
const AWAY_CODES: readonly unknown[] = [
  10107, 13435, 11602, 189, 13436, 91, 11600, 6, 7, 89, 9001, 134, 262, 50,
];

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
  if (codesOf(error).some((code) => AWAY_CODES.includes(code))) return true;
  // The driver does not export the error classes of connection pools.
  if (['MongoPoolClearedError', 'MongoPoolClosedError', 'MongoWaitQueueTimeoutError'].includes(error.name))
    return true;
  if (error instanceof MongoBulkWriteError && error.result.getWriteConcernError()) return true;
  return error.hasErrorLabel(MongoErrorLabel.RetryableWriteError);
}

/** A bulk write has a code for each document that failed; its own code is only the first of them. */
function codesOf(error: MongoError): unknown[] {
  if (!(error instanceof MongoBulkWriteError)) return [error.code];
  return [error.code, ...[error.writeErrors].flat().map(({ code }) => code)];
}

/** The driver passes on some system errors unchanged, for example those of a write to a closed socket. */
function isLostConnection(error: unknown): boolean {
  const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  return syscall === 'write' && (code === 'EPIPE' || code === 'ECONNRESET');
}
