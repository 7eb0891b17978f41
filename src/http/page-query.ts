import { z } from 'zod';
import { cursorFor, type ListOrder } from '../database/pages.ts';
import { momentInQuery, wholeNumber } from '../fields.ts';

/** Default and maximum number of items per page. */
const PAGE_LENGTH = 50;
const PAGE_LENGTH_MAX = 200;

/** The query parameters of every list that comes in pages. */
export const pageQuery = (order: ListOrder) => ({
  /** `next_cursor` of the previous page. */
  cursor: cursorFor(order).optional(),
  limit: wholeNumber(1, PAGE_LENGTH_MAX).default(PAGE_LENGTH),
});

/** Restricts a list to items created at or after `from` and before `to`. */
export const periodQuery = { from: momentInQuery.optional(), to: momentInQuery.optional() };

/** A page of a list as it is answered. @param name of the field with the items */
export const pageOf = <Name extends string, Item extends z.ZodType>(name: Name, item: Item) =>
  z.object({
    ...({ [name]: z.array(item) } as Record<Name, z.ZodArray<Item>>),
    next_cursor: z
      .string()
      .nullable()
      .describe('Asks for the next page as `cursor`; null if this is the last.'),
  });
