import { type Collection, type Document, type Filter, type FindCursor, ObjectId, type WithId } from 'mongodb';
import { z } from 'zod';
import { objectIdString } from '../fields.ts';

/** The values by which a list is sorted, of one item. */
type Place = readonly [unknown, unknown];

/** Which page of a list: its length, and after which place it begins; without one at the first. */
export interface PageRequest {
  cursor?: Place | undefined;
  limit: number;
}

export interface Page<T> {
  items: T[];
  /** Asks for the next page; null when this is the last. */
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

/** A total order of a collection: the second field decides among equals of the first. */
export type ListOrder = readonly [SortField, SortField];

/** A `next_cursor` as it comes back, for lists in this order. */
export const cursorFor = ([first, second]: ListOrder) =>
  z
    .string()
    .max(500)
    .transform((cursor, context): Place => {
      try {
        const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
        return z.tuple([kinds[first.kind], kinds[second.kind]]).parse(place);
      } catch {
        context.addIssue({ code: 'custom', message: 'must be the next_cursor of the page before' });
        return z.NEVER;
      }
    });

/** The order of every list of things that happened; `created_at` alone is shared by tokens issued together. */
export const NEWEST_FIRST: ListOrder = [
  { field: 'created_at', kind: 'date', direction: -1 },
  { field: '_id', kind: 'id', direction: -1 },
];

/**
 * One page of what fits `filter`. A cursor holds the place of the last item and not a number of items, so that
 * nothing is told twice or left out when the list grows, and a late page costs as much as the first.
 * @param index what to find and sort by, where the choice must not be left to the database's guess.
 */
export async function readPage<D extends Document>(
  collection: Collection<D>,
  filter: Filter<D>,
  order: ListOrder,
  { cursor, limit }: PageRequest,
  index?: string,
): Promise<Page<WithId<D>>> {
  const documents: WithId<D>[] = [];
  const parts = cursor === undefined ? [{ place: {}, sort: sortBy(...order) }] : beyond(order, cursor);
  for (const { place, sort } of parts) {
    // One more than asked for tells whether there is a next page.
    const missing = limit + 1 - documents.length;
    if (missing === 0) break;
    const found: FindCursor<WithId<D>> = collection
      .find({ $and: [filter, place] } as Filter<D>)
      .sort(sort)
      .limit(missing);
    documents.push(...(await (index ? found.hint(index) : found).toArray()));
  }
  const items = documents.slice(0, limit);
  const last = items.at(-1);
  return { items, next_cursor: documents.length > limit && last ? cursorOf(last, order) : null };
}

/**
 * What comes after a place, in two parts, one after the other: the rest of those with the same first field, and
 * then all others. Each alone is one range of an index that ends with the order's fields; together, as an $or,
 * the database would read more than it answers.
 */
function beyond([first, second]: ListOrder, [major, minor]: Place) {
  const after = ({ direction }: SortField) => (direction === 1 ? '$gt' : '$lt');
  return [
    { place: { [first.field]: major, [second.field]: { [after(second)]: minor } }, sort: sortBy(second) },
    { place: { [first.field]: { [after(first)]: major } }, sort: sortBy(first, second) },
  ];
}

const sortBy = (...fields: SortField[]): Record<string, 1 | -1> =>
  Object.fromEntries(fields.map(({ field, direction }) => [field, direction]));

function cursorOf(item: Document, order: ListOrder): string {
  const place = order.map(({ field }) => {
    const value: unknown = item[field];
    return value instanceof Date ? value.getTime() : value;
  });
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** The condition on a stored date; nothing where neither end is given. */
export function within(period: { from?: Date | undefined; to?: Date | undefined }) {
  const { from, to } = period;
  return from || to ? { created_at: { ...(from && { $gte: from }), ...(to && { $lt: to }) } } : {};
}
