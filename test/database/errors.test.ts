import {
  MongoBulkWriteError,
  MongoNetworkError,
  MongoServerError,
  MongoWriteConcernError,
  type WriteError,
} from 'mongodb';
import { describe, expect, it } from 'vitest';
import { isUnavailable } from '../../src/database/errors.ts';
import { asRefusal } from '../../src/http/as-refusal.ts';

/*
 * The embedded engine never steps down, so these are the driver's own errors for what a replica set would answer.
 */
const serverError = (code: number) => new MongoServerError({ message: 'as a server says it', code });

/** A group of writes of which each failed with one of these codes. */
function bulkError(code: number, ...others: number[]): MongoBulkWriteError {
  const writeErrors = [code, ...others].map((code, index) => ({ code, index }) as WriteError);
  const result = { getWriteConcernError: () => undefined } as unknown as MongoBulkWriteError['result'];
  return new MongoBulkWriteError({ message: 'some failed', code, writeErrors }, result);
}

describe('a replica set that is changing its primary is away, for reads and writes alike', () => {
  it.each([10107, 13435, 11602, 189, 13436, 91, 11600])('code %i', (code) => {
    expect(asRefusal(serverError(code))).toMatchObject({ status: 503, code: 'database_unavailable' });
    expect(isUnavailable(bulkError(code))).toBe(true);
    expect(isUnavailable(bulkError(11_000, code))).toBe(true);
    expect(
      isUnavailable(new MongoWriteConcernError({ ok: 1, writeConcernError: { code, errmsg: '' } })),
    ).toBe(true);
  });

  it('a lost connection', () => {
    expect(asRefusal(new MongoNetworkError('gone'))).toMatchObject({ status: 503 });
  });
});

it.each([11_000, 121, 2, 59])('an error of the call itself, code %i, is none of that', (code) => {
  expect(isUnavailable(serverError(code))).toBe(false);
  expect(isUnavailable(bulkError(code))).toBe(false);
});

it('what a failed call says is what is known: it is unknown whether it was stored', () => {
  expect(asRefusal(serverError(11_602)).message).toMatch(/unknown whether it was stored/);
});
