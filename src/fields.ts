import { z } from 'zod';

/** An id as the server writes it. */
export const objectIdString = z.string().regex(/^[0-9a-f]{24}$/, 'must be 24 lower-case hex digits');

/** An id that a person typed or pasted: upper case is accepted too and converted to lower case. */
export const objectIdInAnyCase = z
  .string()
  .regex(/^[0-9a-f]{24}$/i, 'must be an id of 24 hex digits')
  .toLowerCase();

/** An ISO 8601 date and time. Only the moment is kept, not the offset it was written with. */
export const moment = z.iso
  .datetime({ offset: true, error: 'must be an ISO 8601 date and time with an offset, such as …Z' })
  .transform((text) => new Date(text))
  .refine((time) => !Number.isNaN(time.getTime()), 'must be an existing date');

/** Maximum length of an address in characters (RFC 3696, erratum 1690). */
const EMAIL_MAX = 254;

/** An e-mail address; upper and lower case mean the same account. */
export const email = z.email('must be an e-mail address').max(EMAIL_MAX).toLowerCase();

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
