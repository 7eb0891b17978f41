import { z } from 'zod';
import { normalizeEmail } from './addresses.ts';
import { parseMoment } from './moments.ts';

/** An id as the server writes it. */
export const objectIdString = z.string().regex(/^[0-9a-f]{24}$/, 'must be 24 lower-case hex digits');

/** An id that a person typed or pasted: upper case is accepted too and converted to lower case. */
export const objectIdInAnyCase = z
  .string()
  .regex(/^[0-9a-f]{24}$/i, 'must be an id of 24 hex digits')
  .toLowerCase();

/** An optional field: `null` means the same as leaving it out. */
export const optional = <T extends z.ZodType>(schema: T) =>
  schema.nullish().transform((value) => value ?? undefined);

/** A date and time. Only the moment is kept, not the offset it was written with. */
export const moment = z.string().transform((text, context) => {
  const parsed = parseMoment(text);
  if (parsed) return parsed;
  context.addIssue({
    code: 'custom',
    message: 'must be an existing ISO 8601 date and time with an offset, such as 2026-01-31T09:30:00.000Z',
  });
  return z.NEVER;
});

/** A moment in a query string, where the unescaped `+` of an offset arrives as a blank. */
export const momentInQuery = z
  .string()
  .transform((text) => text.replace(/ (?=\d\d(:?\d\d)?$)/, '+'))
  .pipe(moment);

/** Blanks and invisible characters around what a person has pasted, no-break and zero-width spaces included. */
const AROUND = /^[\s\p{Cf}]+|[\s\p{Cf}]+$/gu;

/** A text that people paste, of at most `max` characters without the blanks around it. */
export const pasted = (max: number) =>
  z
    .string()
    .max(2 * max)
    .transform((text) => text.replace(AROUND, ''))
    .pipe(z.string().min(1).max(max));

/** An e-mail address. However it is written, it is the same account. */
export const email = pasted(500).transform((text, context) => {
  const normalized = normalizeEmail(text);
  if (normalized !== undefined) return normalized;
  context.addIssue({ code: 'custom', message: 'must be an e-mail address' });
  return z.NEVER;
});

/** An e-mail address in a query string, where an unescaped `+` arrives as a blank. No address has blanks. */
export const emailInQuery = pasted(500)
  .transform((text) => text.replaceAll(' ', '+'))
  .pipe(email);

/**
 * The origin of a web page as browsers send it: scheme, host and port, nothing else. Apps have schemes of their own
 * (`capacitor://localhost`, `chrome-extension://…`), for which `URL.origin` is only "null". Never `null` itself: any
 * sandboxed page or local file may claim it.
 */
export const origin = z.string().superRefine((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const ofPage =
    url && url.protocol !== 'file:' && url.host !== '' ? `${url.protocol}//${url.host}` : undefined;
  if (text === ofPage) return;
  const advice = ofPage
    ? `write "${ofPage}"`
    : 'write scheme, host and port, such as https://example.com or capacitor://localhost';
  context.addIssue({ code: 'custom', message: `"${text}" is not an origin; ${advice}` });
});

/** A whole number in a query string, written in digits. */
export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(min).max(max));

/** Like `wholeNumber`, but converted as JavaScript does, because front ends rely on it: an empty string is 0. */
export const lenientWholeNumber = (min: number, max = Number.MAX_SAFE_INTEGER) =>
  z.coerce.number().int().min(min).max(max);
