import { z } from 'zod';
import { normalizeEmail } from './addresses.ts';
import { parseMoment } from './moments.ts';

/**
 * What the documents say of a schema that checks or changes more than a JSON Schema can be derived from. It describes
 * what is sent, not what the schema makes of it.
 */
export const documentAs = <T extends z.ZodType>(schema: T, json: z.core.JSONSchema.BaseSchema): T =>
  schema.meta({ documentAs: json });

/** An id as the server writes it. */
export const objectIdString = z
  .string()
  .regex(/^[0-9a-f]{24}$/, 'must be 24 lower-case hex digits')
  .meta({ examples: ['65a1b2c3d4e5f60718293a4b'] });

/** An id that a person typed or pasted: upper case is accepted too and converted to lower case. */
export const objectIdInAnyCase = z
  .string()
  .regex(/^[0-9a-fA-F]{24}$/, 'must be an id of 24 hex digits')
  .toLowerCase();

/** An optional field: `null` means the same as leaving it out. */
export const optional = <T extends z.ZodType>(schema: T) =>
  schema.nullish().transform((value) => value ?? undefined);

/** A date and time. Only the moment is kept, not the offset it was written with. */
export const moment = documentAs(
  z.string().transform((text, context) => {
    const parsed = parseMoment(text);
    if (parsed) return parsed;
    context.addIssue({
      code: 'custom',
      message: 'must be an existing ISO 8601 date and time with an offset, such as 2026-01-31T09:30:00.000Z',
    });
    return z.NEVER;
  }),
  {
    type: 'string',
    description: 'A date and time with an offset, as RFC 3339 or ISO 8601 writes it.',
    pattern:
      '^\\d{4}-?\\d{2}-?\\d{2}[Tt ]\\d{2}(:?\\d{2}(:?\\d{2}([.,]\\d+)?)?)?([Zz]|[+\u2212-]\\d{2}(:?\\d{2})?)$',
    maxLength: 64,
    examples: ['2026-01-31T09:30:00.000Z'],
  },
);

/** A moment in a query string, where the unescaped `+` of an offset arrives as a blank. */
export const momentInQuery = documentAs(
  z
    .string()
    .transform((text) => text.replace(/ (?=\d\d(:?\d\d)?$)/, '+'))
    .pipe(moment),
  { type: 'string', description: 'An ISO 8601 date and time with an offset.', format: 'date-time' },
);

/**
 * A text of one character or more without the blanks around it, and at most `max`, as people count them: code points.
 */
export const text = (max: number) =>
  documentAs(
    z
      .string()
      .trim()
      .min(1)
      .refine((value) => value.length <= max || [...value].length <= max, {
        error: `Too big: expected string to have <=${max} characters`,
      }),
    { type: 'string', pattern: `^\\s*\\S(?:[\\s\\S]{0,${max - 2}}\\S)?\\s*$` },
  );

/** Blanks and invisible characters around what a person has pasted, no-break and zero-width spaces included. */
const AROUND = /^[\s\p{Cf}]+|[\s\p{Cf}]+$/gu;

/** A text that people paste, of at most `max` characters without the blanks around it. */
export const pasted = (max: number) =>
  documentAs(
    z
      .string()
      .max(2 * max)
      .transform((text) => text.replace(AROUND, ''))
      .pipe(z.string().min(1).max(max)),
    { type: 'string', pattern: '[^\\s\\p{Cf}]', maxLength: max },
  );

const EMAIL_AS_SENT: z.core.JSONSchema.BaseSchema = {
  type: 'string',
  description: 'An e-mail address, in whatever case.',
  pattern: '^[\\s\\p{Cf}]*[^\\s@]+@[^\\s@]+\\.[^\\s@]+[\\s\\p{Cf}]*$',
  maxLength: 254,
  examples: ['ines@example.com'],
};

/** An e-mail address. However it is written, it is the same account. */
export const email = documentAs(
  pasted(500).transform((text, context) => {
    const normalized = normalizeEmail(text);
    if (normalized !== undefined) return normalized;
    context.addIssue({ code: 'custom', message: 'must be an e-mail address' });
    return z.NEVER;
  }),
  EMAIL_AS_SENT,
);

/** An e-mail address in a query string, where an unescaped `+` arrives as a blank. No address has blanks. */
export const emailInQuery = documentAs(
  pasted(500)
    .transform((text) => text.replaceAll(' ', '+'))
    .pipe(email),
  EMAIL_AS_SENT,
);

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
  documentAs(
    z
      .string()
      .regex(/^\d{1,9}$/, 'must be a whole number')
      .transform(Number)
      .pipe(z.int().min(min).max(max)),
    { type: 'integer', minimum: min, maximum: max },
  );

/** Like `wholeNumber`, but converted as JavaScript does, because front ends rely on it: an empty string is 0. */
export const lenientWholeNumber = (min: number, max = Number.MAX_SAFE_INTEGER) =>
  z.coerce.number().int().min(min).max(max);
