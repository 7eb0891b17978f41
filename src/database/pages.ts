import { type Collection, type Document, type Filter, type FindCursor, ObjectId, type WithId } from 'mongodb';
import { z } from 'zod';
import { objectIdString } from '../fields.ts';
import { PAGE_BATCH, takePage } from './page-bound.ts';

/** The values of one item by which its list is sorted. */
type Place = readonly [unknown, unknown];

/** Which page of a list: its length, and the place after which it starts; without a cursor the first page. */
export interface PageRequest {
  cursor?: Place | undefined;
  limit: number;
}

export interface Page<T> {
  items: T[];
  /** Requests the next page; null if this is the last. */
  next_cursor: string | null;
}

const kinds = {
  date: z.int().transform((ms) => new Date(ms)),
  id: objectIdString.transform((hex) => new ObjectId(hex)),
  text: z.string().max(200),
  number: z.number(),
};

interface SortField {
  field: string;
  kind: keyof typeof kinds;
  direction: 1 | -1;
}

/** A total order of a collection: the second field decides between items with the same first field. */
export type ListOrder = readonly [SortField, SortField];

/** Parses a `next_cursor` that a client sends back, for lists in this order. */
export const cursorFor = ([first, second]: ListOrder) =>
  z
    .string()
    .max(500)
    .transform((cursor, context): Place => {
      try {
        const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
        return z.tuple([kinds[first.kind], kinds[second.kind]]).parse(place);
      } catch {
        context.addIssue({ code: 'custom', message: 'must be the next_cursor of the previous page' });
        return z.NEVER;
      }
    });

/** The order of most lists. The `_id` is needed because tokens issued together share their `created_at`. */
export const NEWEST_FIRST: ListOrder = [
  { field: 'created_at', kind: 'date', direction: -1 },
  { field: '_id', kind: 'id', direction: -1 },
];

/**
 * One page of the documents that match `filter`. A cursor contains the place of the last item and not an offset, so
 * nothing is repeated or left out when the list grows, and a late page costs as much as the first. A page may be shorter
 * than its limit if its items are large.
 * @param index the index to use, if the choice should not be left to the database
 */
export async function readPage<D extends Document>(
  collection: Collection<D>,
  filter: Filter<D>,
  order: ListOrder,
  { cursor, limit }: PageRequest,
  index?: string,
): Promise<Page<WithId<D>>> {
  const parts = cursor === undefined ? [{ place: {}, sort: sortBy(...order) }] : placesAfter(order, cursor);
  async function* documents() {
    // One more than requested shows whether there is a next page.
    let missing = limit + 1;
    for (const { place, sort } of parts) {
      if (missing === 0) return;
      const found: FindCursor<WithId<D>> = collection
        .find({ $and: [filter, place] } as Filter<D>, { batchSize: PAGE_BATCH })
        .sort(sort)
        .limit(missing);
      for await (const document of index ? found.hint(index) : found) {
        missing -= 1;
        yield document;
      }
    }
  }
  const { items: found, isCut } = await takePage(documents(), limit + 1);
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, next_cursor: isCut && last ? cursorOf(last, order) : null };
}

/**
 * Conditions for the items after a place, in two parts to be read one after the other: the remaining items with the
 * same first field, then all others. Each part is one range of an index that ends with the order's fields. Combined
 * with $or, they would make the database read more than it returns.
 */
function placesAfter([first, second]: ListOrder, [major, minor]: Place) {
  const after = ({ direction }: SortField) => (direction === 1 ? '$gt' : '$lt');
  return [
    { place: { [first.field]: major, [second.field]: { [after(second)]: minor } }, sort: sortBy(second) },
    { place: { [first.field]: { [after(first)]: major } }, sort: sortBy(first, second) },
  ];
}

const sortBy = (...fields: SortField[]): Record<string, 1 | -1> =>
  Object.fromEntries(fields.map(({ field, direction }) => [field, direction]));

/** Requests the items after `item`. */
export function cursorOf(item: Document, order: ListOrder): string {
  const place = order.map(({ field }) => {
    const value: unknown = item[field];
    return value instanceof Date ? value.getTime() : value;
  });
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** The condition on `created_at`; empty if neither end is given. */
export function periodFilter(period: { from?: Date | undefined; to?: Date | undefined }) {
  const { from, to } = period;
  return from || to ? { created_at: { ...(from && { $gte: from }), ...(to && { $lt: to }) } } : {};
}
