import { AbstractCursor, type Collection, type Document, FindCursor } from 'mongodb';
import { awaitAnswer, NoAnswer } from './answered.ts';

/** All batches of a cursor together may take the server this many times as long as one call. */
const CURSOR_FACTOR = 4;

/** Reads that do not return a cursor; the options are their second argument. */
const READS: ReadonlySet<PropertyKey> = new Set(['findOne', 'countDocuments', 'estimatedDocumentCount']);

/** Time limits of one call, in milliseconds. */
export interface Patience {
  /** After this time the server gives up a read. */
  serverMs: number;
  /** After this time we stop waiting for an answer. */
  answerMs: number;
}

type Call = (...args: unknown[]) => unknown;

/**
 * A collection that always refers to the current client, so that its users need not care when a client is replaced.
 * Every call, and every batch that a cursor fetches, ends with an answer or with `NoAnswer`.
 *
 * Only public methods of the driver are called, each on the driver's own object. Wrapped methods are created when
 * they are first used and then kept, so the wrapping costs next to nothing.
 * @param patience for one call; the server gives up a read by then, too, because nobody waits for it any more
 */
export function presentCollection<T extends Document>(
  present: () => Collection<T>,
  patience: Patience,
): Collection<T> {
  const calls = new Map<PropertyKey, Call>();
  const get = (_target: object, property: PropertyKey): unknown => {
    const known = calls.get(property);
    if (known) return known;
    const value: unknown = Reflect.get(present(), property);
    if (typeof value !== 'function') return value;
    const call = boundCall(present as () => object, property, patience);
    calls.set(property, call);
    return call;
  };
  return new Proxy<Collection<T>>({} as Collection<T>, { get });
}

function boundCall(present: () => object, property: PropertyKey, patience: Patience): Call {
  const call: Call = (...args) => {
    const collection = present();
    return boundResult((Reflect.get(collection, property) as Call).apply(collection, args), patience);
  };
  if (!READS.has(property)) return call;
  return (filter = {}, options = {}) =>
    call(filter, { maxTimeMS: patience.serverMs, ...(options as object) });
}

/** Sets a time limit on a method's result: a promise or a cursor. */
function boundResult(result: unknown, patience: Patience): unknown {
  if (result instanceof Promise) return awaitAnswer(result, patience.answerMs);
  if (result instanceof AbstractCursor) return boundCursor(result, patience);
  return result;
}

/** A cursor with a time limit on each batch, as for single calls. */
function boundCursor(
  cursor: AbstractCursor<unknown>,
  { serverMs, answerMs }: Patience,
): AbstractCursor<unknown> {
  if (cursor instanceof FindCursor) cursor.maxTimeMS(CURSOR_FACTOR * serverMs);
  // Documents already fetched need no timer.
  const next = () => (cursor.bufferedCount() > 0 ? cursor.next() : awaitAnswer(cursor.next(), answerMs));
  async function* documents() {
    try {
      for (let document = await next(); document !== null; document = await next()) yield document;
      // The driver ends a cursor of a closed client as if it were complete.
      if (cursor.killed) throw new NoAnswer('The client was replaced before everything was read');
    } finally {
      if (!cursor.closed) await awaitAnswer(cursor.close(), answerMs).catch(() => undefined);
    }
  }
  const own = new Map<PropertyKey, Call>([
    ['next', next],
    [Symbol.asyncIterator, documents],
    [
      'toArray',
      async () => {
        const all: unknown[] = [];
        for await (const document of documents()) all.push(document);
        return all;
      },
    ],
  ]);
  const get = (target: AbstractCursor<unknown>, property: PropertyKey): unknown => {
    const replaced = own.get(property);
    if (replaced) return replaced;
    const value: unknown = Reflect.get(target, property);
    if (typeof value !== 'function') return value;
    return (...args: unknown[]) => {
      const result: unknown = (value as Call).apply(target, args);
      // `sort`, `limit` and the like return the cursor itself.
      if (result === target) return proxy;
      return result instanceof Promise ? awaitAnswer(result, answerMs) : result;
    };
  };
  const proxy = new Proxy(cursor, { get });
  return proxy;
}
