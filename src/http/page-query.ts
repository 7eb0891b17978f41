import { z } from 'zod';
import { cursorFor, type ListOrder } from '../database/pages.ts';

/** A whole number in a query string, written in digits. */
const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(min).max(max));

/** Items of a page unless asked for otherwise, and at most. */
const PAGE_LENGTH = 50;
const PAGE_LENGTH_MAX = 200;

/** The parameters of every list that comes in pages. */
export const pageQuery = (order: ListOrder) => ({
  /** `next_cursor` of the page before. */
  cursor: cursorFor(order).optional(),
  limit: wholeNumber(1, PAGE_LENGTH_MAX).default(PAGE_LENGTH),
});

const moment = z.iso
  .datetime({ offset: true, error: 'must be an ISO 8601 date and time with an offset, such as …Z' })
  .transform((text) => new Date(text))
  .refine((time) => !Number.isNaN(time.getTime()), 'must be a date that exists');

/** When the items were made: from `from` on, and before `to`. */
export const periodQuery = { from: moment.optional(), to: moment.optional() };
