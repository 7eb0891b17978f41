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

const DUPLICATE_KEY = 11_000;

/** Whether a unique index refused the write. */
export const isDuplicateKey = (error: unknown): boolean =>
  error instanceof MongoServerError && error.code === DUPLICATE_KEY;

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
 * Whether the database was away or shutting down, so that the same request may succeed later. Whether a write
 * was carried out is then unknown.
 */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof MongoError)) return false;
  if (AWAY.some((type) => error instanceof type)) return true;
  // Pools that close or time out waiting have no exported class of their own.
  if (['MongoPoolClearedError', 'MongoPoolClosedError', 'MongoWaitQueueTimeoutError'].includes(error.name))
    return true;
  if (error instanceof MongoBulkWriteError && error.result.getWriteConcernError()) return true;
  return error.hasErrorLabel(MongoErrorLabel.RetryableWriteError);
}
