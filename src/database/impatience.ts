import type { Collection, Document, FindCursor } from 'mongodb';

/** The database did not answer in time; what became of the call is unknown. */
export class NoAnswer extends Error {
  override name = 'NoAnswer';
}

/**
 * Waits for a call of the database, but not for ever.
 *
 * The driver has time-outs of its own, but driver 7.9 waits without an end for a call whose connection the other
 * side closed a moment before it was sent, which is what a database that is restarted does: a socket that is
 * destroyed takes no data and will never report that it can take more.
 * @throws NoAnswer after `withinMs` milliseconds.
 */
export async function answered<T>(call: () => Promise<T>, withinMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new NoAnswer(`No answer within ${withinMs} ms`)), withinMs);
  });
  try {
    return await Promise.race([call(), late]);
  } finally {
    clearTimeout(timer);
  }
}

const WRITES = [
  'bulkWrite',
  'deleteMany',
  'findOneAndUpdate',
  'insertMany',
  'insertOne',
  'updateMany',
  'updateOne',
] as const;

type AnyCall = (...args: unknown[]) => Promise<unknown>;

/** Makes every call of a collection, and every batch that its cursors fetch, end by an answer or by `NoAnswer`. */
export function impatient<T extends Document>(collection: Collection<T>, withinMs: number): Collection<T> {
  for (const name of WRITES) {
    const call = (collection[name] as AnyCall).bind(collection);
    const bounded: AnyCall = (...args) => answered(() => call(...args), withinMs);
    Object.assign(collection, { [name]: bounded });
  }
  // The driver reads by `next` alone, also for `findOne`, `toArray` and `for await`.
  const find = collection.find.bind(collection) as (...args: unknown[]) => FindCursor<unknown>;
  return Object.assign(collection, {
    find: (...args: unknown[]) => {
      const cursor = find(...args);
      const next = cursor.next.bind(cursor);
      const close = cursor.close.bind(cursor);
      return Object.assign(cursor, {
        next: () => answered(next, withinMs),
        close: () => answered(close, withinMs),
      });
    },
  });
}
