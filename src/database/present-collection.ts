import { AbstractCursor, type Collection, type Document, FindCursor } from 'mongodb';
import { answered, NoAnswer } from './answered.ts';

/** How much longer than for one call the server may take for all batches of a cursor together. */
const CURSOR_FACTOR = 4;

/** Reads that are not cursors; all of them take their options second. */
const READS: ReadonlySet<PropertyKey> = new Set(['findOne', 'countDocuments', 'estimatedDocumentCount']);

/** Milliseconds that the server may take for a call, and after which nobody waits for its answer any more. */
export interface Patience {
  serverMs: number;
  answerMs: number;
}

type Call = (...args: unknown[]) => unknown;

/**
 * A collection that always means the one of the client in use now, so that whoever keeps it need not know when a
 * client is replaced. Each of its calls, and each batch that its cursors fetch, ends by an answer or by `NoAnswer`.
 *
 * Only the driver's public methods are called, each on the driver's own object. What stands for a method is made
 * when it is first asked for and kept, so that a call costs no more than the call itself.
 * @param patience for one call; the server, too, gives up a read by then, because nobody waits for it any more
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
    const call = boundedCall(present as () => object, property, patience);
    calls.set(property, call);
    return call;
  };
  return new Proxy<Collection<T>>({} as Collection<T>, { get });
}

function boundedCall(present: () => object, property: PropertyKey, patience: Patience): Call {
  const call: Call = (...args) => {
    const collection = present();
    return bounded((Reflect.get(collection, property) as Call).apply(collection, args), patience);
  };
  if (!READS.has(property)) return call;
  return (filter = {}, options = {}) =>
    call(filter, { maxTimeMS: patience.serverMs, ...(options as object) });
}

/** What a method gave: the same, but with an end. */
function bounded(result: unknown, patience: Patience): unknown {
  if (result instanceof Promise) return answered(result, patience.answerMs);
  if (result instanceof AbstractCursor) return boundedCursor(result, patience);
  return result;
}

/** A cursor whose batches are waited for as single calls are. */
function boundedCursor(
  cursor: AbstractCursor<unknown>,
  { serverMs, answerMs }: Patience,
): AbstractCursor<unknown> {
  if (cursor instanceof FindCursor) cursor.maxTimeMS(CURSOR_FACTOR * serverMs);
  // What was fetched already needs no timer.
  const next = () => (cursor.bufferedCount() > 0 ? cursor.next() : answered(cursor.next(), answerMs));
  async function* documents() {
    try {
      for (let document = await next(); document !== null; document = await next()) yield document;
      // The driver ends a cursor of a closed client as if it had come to its end.
      if (cursor.killed) throw new NoAnswer('The client was replaced before everything was read');
    } finally {
      if (!cursor.closed) await answered(cursor.close(), answerMs).catch(() => undefined);
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
      // `sort`, `limit` and the like give back the cursor itself.
      if (result === target) return proxy;
      return result instanceof Promise ? answered(result, answerMs) : result;
    };
  };
  const proxy = new Proxy(cursor, { get });
  return proxy;
}
