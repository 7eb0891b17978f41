import { cursorFor, type ListOrder } from '../database/pages.ts';
import { moment, wholeNumber } from '../fields.ts';

/** Items of a page unless asked for otherwise, and at most. */
const PAGE_LENGTH = 50;
const PAGE_LENGTH_MAX = 200;

/** The parameters of every list that comes in pages. */
export const pageQuery = (order: ListOrder) => ({
  /** `next_cursor` of the page before. */
  cursor: cursorFor(order).optional(),
  limit: wholeNumber(1, PAGE_LENGTH_MAX).default(PAGE_LENGTH),
});

/** When the items were made: from `from` on, and before `to`. */
export const periodQuery = { from: moment.optional(), to: moment.optional() };
