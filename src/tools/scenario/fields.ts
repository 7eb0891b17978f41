import { z } from 'zod';

/** An object in which nothing but these fields may stand; a stray one is told which there are. */
export function fields<Shape extends z.ZodRawShape>(shape: Shape) {
  const stray = `is not a field here; the fields are ${Object.keys(shape).join(', ')}`;
  return z.strictObject(shape, { error: ({ code }) => (code === 'unrecognized_keys' ? stray : undefined) });
}

const FACTORS: Record<string, number> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 };
const DURATION = /^([+-]?\d+(?:\.\d+)?) ?(ms|s|min|h)$/;
const FORMS = 'must be whole milliseconds (41000) or a duration such as 41s, 1.5min or 24h';
const wholeMs = z.int({ error: ({ input }) => `${FORMS}, not ${quote(input)}` });

/** A time in a scenario, as whole milliseconds: written as such, or with a unit (`41s`, `1.5min`, `24h`). */
export const signedMilliseconds = z.preprocess(inMilliseconds, wholeMs);
/** As `signedMilliseconds`, but never below 0. */
export const milliseconds = z.preprocess(inMilliseconds, wholeMs.min(0, 'must not be below 0'));

function inMilliseconds(written: unknown): unknown {
  if (typeof written !== 'string') return written;
  const [, amount, unit = ''] = DURATION.exec(written.trim()) ?? [];
  // Rounded because 0.1 × 60 000 need not be whole in floating point, though it is one tenth of a minute.
  const ms = Number((Number(amount) * (FACTORS[unit] ?? Number.NaN)).toFixed(3));
  return Number.isSafeInteger(ms) ? ms : written;
}

/** `value` as it would be written in a scenario, for a message. */
export function quote(value: unknown): string {
  return value === undefined ? 'nothing' : (JSON.stringify(value) ?? String(value));
}

const TYPES: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of fields',
  record: 'a group of fields',
};

/** What is wrong, for somebody who writes scenarios and not schemas, where a schema has no words of its own. */
export const inPlainWords: z.core.$ZodErrorMap = (issue) => {
  const { input } = issue;
  if (issue.code === 'invalid_type') {
    return input === undefined
      ? 'is required'
      : `must be ${TYPES[issue.expected] ?? issue.expected}, not ${quote(input)}`;
  }
  if (issue.code === 'invalid_value') return `must be ${issue.values.join(', ')}, not ${quote(input)}`;
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}`;
  if (issue.code !== 'too_small') return undefined;
  return issue.origin === 'number' ? `must be at least ${issue.minimum}` : 'must not be empty';
};
